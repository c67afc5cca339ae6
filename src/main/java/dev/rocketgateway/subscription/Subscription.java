package dev.rocketgateway.subscription;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is forwarded where, and how: one topic and one filter, one consumer group, one endpoint. Immutable; a change is a
 * new one in its place.
 *
 * @param stateReason why it is paused, if somebody said; of an active one, when it was resumed
 * @param generation grows with each change
 * @param createdAt when it was created, by the clock of the gateway that created it; for one of the configuration, when the
 *     first gateway of its store read it. A subscription from LATEST gets what was stored from then on
 */
public record Subscription(
        String name,
        String description,
        Origin origin,
        State state,
        Optional<String> stateReason,
        long generation,
        Instant createdAt,
        Source source,
        Endpoint endpoint,
        Payload payload,
        BatchPolicy batch,
        Delivery delivery,
        RetryPolicy retry,
        Responses responses,
        DeadLetterPolicy deadLetter,
        CircuitBreakerPolicy circuitBreaker) {

    /** So that {@code GW-} and the name are a legal group, and its retry topic a legal topic. */
    public static final int MAX_NAME_LENGTH = 97;

    private static final int MAX_DESCRIPTION_LENGTH = 1000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1," + MAX_NAME_LENGTH + "}");

    /** Begins the reason of a state that somebody resumed to. */
    public static final String RESUMED = "resumed";

    /** Where it comes from. */
    public enum Origin {
        CONFIG,
        API
    }

    /** Whether it is wanted to run. */
    public enum State {
        ACTIVE,
        PAUSED
    }

    /**
     * @throws InvalidSubscriptionException naming what does not go together
     */
    public Subscription {
        var faults = new Faults();
        faults.check("name", faultOfName(name))
                .check("description", faultOfDescription(description))
                .require(
                        batch.maxMessages() == 1 || payload.format().holdsSeveral(),
                        "batch.maxMessages",
                        "must be 1 unless payload.format is JSON or CLOUDEVENTS_STRUCTURED")
                .require(
                        !deadLetter.topic().equals(Optional.of(source.topic())),
                        "deadLetter.topic",
                        "must not be source.topic, because every dead letter would be delivered again")
                .throwIfAny();
    }

    /** What is wrong with a name, or null. */
    public static @Nullable String faultOfName(String name) {
        return NAME.matcher(name).matches()
                ? null
                : "'%s' is not a valid name; use 1 to %d characters of a-z, 0-9 and '-'"
                        .formatted(name, MAX_NAME_LENGTH);
    }

    public static @Nullable String faultOfDescription(String description) {
        return description.length() <= MAX_DESCRIPTION_LENGTH
                ? null
                : "has more than %d characters".formatted(MAX_DESCRIPTION_LENGTH);
    }

    /** The group a subscription gets when it names none. */
    public static ConsumerGroup defaultGroup(String name) {
        return new ConsumerGroup("GW-" + name);
    }

    /** Whether the two receive the same messages by the same consumer, so that a change from one to the other needs no new one. */
    public boolean consumesLike(Subscription other) {
        return source.topic().equals(other.source.topic())
                && source.consumerGroup().equals(other.source.consumerGroup())
                && source.filter().equals(other.source.filter())
                && source.mode() == other.source.mode()
                && batch.equals(other.batch)
                // At a rate messages are received one by one.
                && delivery.ratePerSecond().isPresent()
                        == other.delivery.ratePerSecond().isPresent();
    }

    /** Whether somebody resumed it after it was as before, also if it was active then. */
    public boolean isResumedSince(Subscription before) {
        return state == State.ACTIVE
                && stateReason.filter(why -> why.startsWith(RESUMED)).isPresent()
                && !stateReason.equals(before.stateReason);
    }

    /** The same with another endpoint. */
    public Subscription with(Endpoint newEndpoint) {
        return new Subscription(
                name,
                description,
                origin,
                state,
                stateReason,
                generation,
                createdAt,
                source,
                newEndpoint,
                payload,
                batch,
                delivery,
                retry,
                responses,
                deadLetter,
                circuitBreaker);
    }

    /** The same, created at another time. */
    public Subscription createdAt(Instant time) {
        return new Subscription(
                name,
                description,
                origin,
                state,
                stateReason,
                generation,
                time,
                source,
                endpoint,
                payload,
                batch,
                delivery,
                retry,
                responses,
                deadLetter,
                circuitBreaker);
    }

    /** The same in another state. */
    public Subscription in(State newState, Optional<String> reason, long newGeneration) {
        return new Subscription(
                name,
                description,
                origin,
                newState,
                reason,
                newGeneration,
                createdAt,
                source,
                endpoint,
                payload,
                batch,
                delivery,
                retry,
                responses,
                deadLetter,
                circuitBreaker);
    }
}
