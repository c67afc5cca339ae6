package dev.rocketgateway.subscription;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings and the state of one subscription, which brings the messages of one topic to one destination, with one filter and one
 * consumer group. Immutable: a change creates a new value.
 *
 * <p>Settings that only webhooks have ({@code payload}, {@code batch}, {@code delivery}, {@code responses},
 * {@code circuitBreaker}) have their defaults in a pull subscription.
 *
 * @param stateReason why the subscription is paused, if known; for an active subscription, when it was resumed
 * @param generation increases with each change
 * @param createdAt time of creation, by the clock of the gateway that created the subscription. For a subscription of the
 *     configuration, the time when the first of the gateways that share a store read it. A subscription that starts from LATEST
 *     gets messages stored since this time
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
        Destination destination,
        Payload payload,
        BatchPolicy batch,
        Delivery delivery,
        RetryPolicy retry,
        Responses responses,
        DeadLetterPolicy deadLetter,
        CircuitBreakerPolicy circuitBreaker) {

    /**
     * Maximum length of a name. The limit keeps the default group ({@code GW-} and the name) and its retry topic within the limits
     * of RocketMQ.
     */
    public static final int MAX_NAME_LENGTH = 97;

    /** Number of the other characters in the retry topic of a pull or ordered subscription ({@code %RETRY%<group>_<topic>}). */
    private static final int LENGTH_IN_RETRY_TOPIC = 8;

    private static final int MAX_DESCRIPTION_LENGTH = 1000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1," + MAX_NAME_LENGTH + "}");

    /** Prefix of {@code stateReason} after a resumption. */
    public static final String RESUMED = "resumed";

    /** Where the messages go: to an endpoint that the gateway calls, or to workers that call the gateway. */
    public sealed interface Destination permits Endpoint, Pull {}

    /** Where a subscription is defined. */
    public enum Origin {
        CONFIG,
        API
    }

    /** Whether a subscription should run. */
    public enum State {
        ACTIVE,
        PAUSED
    }

    /**
     * @throws InvalidSubscriptionException naming invalid fields and fields that contradict each other
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
                        source.mode() == Source.Mode.CONCURRENT || destination instanceof Endpoint,
                        "source.mode",
                        "must be CONCURRENT in a subscription with pull, because workers receive messages in parallel")
                .require(
                        source.mode() == Source.Mode.CONCURRENT || batch.maxMessages() == 1,
                        "batch.maxMessages",
                        "must be 1 if source.mode is ORDERED, because messages of a queue are delivered one after the other")
                .require(
                        source.mode() == Source.Mode.ORDERED
                                || retry.onExhausted() == RetryPolicy.OnExhausted.DEAD_LETTER,
                        "retry.onExhausted",
                        "must be DEAD_LETTER unless source.mode is ORDERED")
                .require(
                        destination instanceof Endpoint && source.mode() == Source.Mode.CONCURRENT
                                || source.consumerGroup()
                                                .leaseRetryTopic(source.topic())
                                                .length()
                                        <= TopicName.MAX_LENGTH,
                        "source.consumerGroup",
                        ("is too long for this topic: the names of group and topic can have %d characters together, because the "
                                        + "retry topic of a pull or ordered subscription contains both")
                                .formatted(TopicName.MAX_LENGTH - LENGTH_IN_RETRY_TOPIC))
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

    /** The default consumer group of a subscription. */
    public static ConsumerGroup defaultGroup(String name) {
        return new ConsumerGroup("GW-" + name);
    }

    /** The endpoint; empty for a pull subscription. */
    public Optional<Endpoint> endpoint() {
        return destination instanceof Endpoint endpoint ? Optional.of(endpoint) : Optional.empty();
    }

    /** The settings of a pull subscription; empty for a subscription with an endpoint. */
    public Optional<Pull> pull() {
        return destination instanceof Pull pull ? Optional.of(pull) : Optional.empty();
    }

    /** Whether the gateway delivers the messages of one queue one after the other. */
    public boolean isOrdered() {
        return source.mode() == Source.Mode.ORDERED;
    }

    /** The topic from which the group gets messages for a retry. */
    public String retryTopic() {
        var group = source.consumerGroup();
        return pull().isPresent() || isOrdered() ? group.leaseRetryTopic(source.topic()) : group.retryTopic();
    }

    /** Time limit for webhooks in flight when the subscription stops. */
    public Duration drainLimit() {
        return endpoint().map(Endpoint::timeout).orElse(Duration.ZERO);
    }

    /** Whether the running consumer can stay after a change from this version to the other version of the subscription. */
    public boolean consumesLike(Subscription other) {
        return source.topic().equals(other.source.topic())
                && source.consumerGroup().equals(other.source.consumerGroup())
                && source.filter().equals(other.source.filter())
                && source.mode() == other.source.mode()
                && batch.equals(other.batch)
                // With a rate, messages are received one by one.
                && delivery.ratePerSecond().isPresent()
                        == other.delivery.ratePerSecond().isPresent();
    }

    /** Whether the subscription was resumed since the given version, even if the given version was active already. */
    public boolean isResumedSince(Subscription before) {
        return state == State.ACTIVE
                && stateReason.filter(why -> why.startsWith(RESUMED)).isPresent()
                && !stateReason.equals(before.stateReason);
    }

    /** Returns a copy with another endpoint. */
    public Subscription with(Endpoint newEndpoint) {
        return copy(state, stateReason, generation, createdAt, newEndpoint);
    }

    /** Returns a copy with another creation time. */
    public Subscription createdAt(Instant time) {
        return copy(state, stateReason, generation, time, destination);
    }

    /** Returns a copy in another state. */
    public Subscription in(State newState, Optional<String> reason, long newGeneration) {
        return copy(newState, reason, newGeneration, createdAt, destination);
    }

    private Subscription copy(
            State newState, Optional<String> reason, long newGeneration, Instant time, Destination newDestination) {
        return new Subscription(
                name,
                description,
                origin,
                newState,
                reason,
                newGeneration,
                time,
                source,
                newDestination,
                payload,
                batch,
                delivery,
                retry,
                responses,
                deadLetter,
                circuitBreaker);
    }
}
