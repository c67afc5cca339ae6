package dev.rocketgateway.look.message;

import dev.rocketgateway.look.MessageFinder.GroupProgress;
import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.subscription.Source.StartFrom.Position;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.history.Attempt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a message in one subscription. Follows from the data of the brokers and of the attempt log.
 *
 * <pre>
 * first row that applies                                          | state
 * ----------------------------------------------------------------|----------------------------------------
 * the message is scheduled and not due yet                        | WAITING
 * the filter does not match, and no attempt is known              | NOT_SUBSCRIBED
 * the last attempt succeeded, after the newest copy was stored    | DELIVERED
 * the newest copy is a dead letter                                | DEAD_LETTERED
 * the newest copy is for a retry, and the group has not passed it | RETRYING
 * the newest copy is for a retry, and the group has passed it     | DEAD_LETTERED if the last attempt decided
 *                                                                 | so, else DELIVERED, not certain
 * no copy, and the last attempt decided DEAD_LETTER               | DEAD_LETTERED
 * no copy, and the last attempt failed                            | RETRYING
 * no attempt, and the group has no position, or is not past it    | WAITING
 * no attempt, and the subscription starts after the message       | NOT_SUBSCRIBED
 * no attempt, and the group has passed the message                | DELIVERED, not certain
 * </pre>
 *
 * @param detail the reason, for people
 * @param certain whether the state follows from a record of the delivery; false if it follows from the group's position only
 */
record Fate(State state, String detail, boolean certain) {

    enum State {
        DELIVERED,
        WAITING,
        RETRYING,
        DEAD_LETTERED,
        NOT_SUBSCRIBED
    }

    /** Verdict of an attempt after which the gateway gives the message up. */
    private static final String GIVEN_UP = "DEAD_LETTER";

    /**
     * @param progress empty for a scheduled message, because no group has received it
     * @param attempts the newest first
     */
    static Fate of(
            StoredMessage stored, Subscription subscription, Optional<GroupProgress> progress, List<Attempt> attempts) {
        if (progress.isEmpty()) {
            return new Fate(State.WAITING, "the message is scheduled and not due yet", true);
        }
        var group = progress.get();
        var last = attempts.stream().findFirst();
        if (!group.matches() && last.isEmpty()) {
            return new Fate(State.NOT_SUBSCRIBED, "the filter does not match the message", true);
        }
        var retry = group.retry().map(copy -> copy.storedAt()).orElse(Instant.MIN);
        var dead = group.deadLetteredAt().orElse(Instant.MIN);
        var copied = retry.isAfter(dead) ? retry : dead;
        if (last.filter(Attempt::succeeded)
                .filter(attempt -> !attempt.at().isBefore(copied))
                .isPresent()) {
            return new Fate(
                    State.DELIVERED,
                    (subscription.pull().isPresent()
                                    ? "a worker acknowledged attempt %d"
                                    : "the endpoint accepted attempt %d")
                            .formatted(last.get().attempt()),
                    true);
        }
        if (copied.equals(Instant.MIN)) {
            return last.map(Fate::ofAttempt).orElseGet(() -> ofPosition(stored, subscription, group));
        }
        if (copied.equals(dead)) {
            return new Fate(State.DEAD_LETTERED, "the message is in the dead-letter topic", true);
        }
        if (group.retry().orElseThrow().pending()) {
            return new Fate(State.RETRYING, "the message waits for its next attempt", true);
        }
        return last.filter(attempt -> attempt.verdict().equals(GIVEN_UP))
                .map(Fate::ofAttempt)
                .orElseGet(() -> new Fate(
                        State.DELIVERED,
                        "the position of the consumer group is past the last retry, but the attempt log does not have its result",
                        false));
    }

    private static Fate ofAttempt(Attempt last) {
        return last.verdict().equals(GIVEN_UP)
                ? new Fate(
                        State.DEAD_LETTERED,
                        "attempt %d failed, and no other attempt follows".formatted(last.attempt()),
                        true)
                : new Fate(State.RETRYING, "attempt %d failed".formatted(last.attempt()), true);
    }

    private static Fate ofPosition(StoredMessage stored, Subscription subscription, GroupProgress group) {
        if (group.position().isEmpty()) {
            return new Fate(State.WAITING, "the consumer group has no position in the queue yet", true);
        }
        if (group.position().get() <= stored.queueOffset()) {
            return new Fate(State.WAITING, "the position of the consumer group is not past the message yet", true);
        }
        if (start(subscription).isAfter(stored.storedAt())) {
            return new Fate(
                    State.NOT_SUBSCRIBED, "the broker stored the message before the start of the subscription", true);
        }
        return new Fate(
                State.DELIVERED,
                subscription.pull().isPresent()
                        ? "a worker received the message, but the attempt log does not say whether the worker acknowledged it"
                        : "the position of the consumer group is past the message, but the attempt log has no attempt",
                false);
    }

    private static Instant start(Subscription subscription) {
        var start = subscription.source().startFrom();
        return start.position() == Position.LATEST
                ? subscription.createdAt()
                : start.timestamp().orElse(Instant.MIN);
    }
}
