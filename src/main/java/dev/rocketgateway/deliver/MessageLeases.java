package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages with leases: the port that {@code rocketmq} implements. The broker hides a leased message from other callers until
 * the message is acknowledged or its lease ends; then the message comes again, and its attempt counts up. Leases are known to the
 * broker alone, so any replica can acknowledge or extend what another has taken.
 *
 * <p>No method blocks, and every future fails with {@link LeaseException}. A future can complete on a thread of the client, so its
 * dependents must not block. Thread-safe.
 */
public interface MessageLeases {

    /** The maximum number of messages of one {@link #take}. */
    int MAX_MESSAGES = 32;

    /**
     * Takes messages that are there now.
     *
     * @param max 1 to {@link #MAX_MESSAGES}
     * @param visibility length of the leases
     * @return empty if there is no message
     */
    CompletableFuture<List<Leased>> take(Selection from, int max, Duration visibility);

    /**
     * Waits for a message, at most for the given time. Takes nothing, so no message stays leased if the caller goes away.
     *
     * @return whether a message may be there
     */
    CompletableFuture<Boolean> await(Selection from, Duration wait);

    /**
     * Acknowledges a message. The broker confirms this even if the lease has ended or the message is acknowledged already, so check
     * the time of the lease before.
     */
    CompletableFuture<Void> acknowledge(Lease lease);

    /**
     * Makes the lease end in the given time from now. Do not repeat a call, and call it once for each lease: two calls make two
     * copies of the message.
     *
     * @return the new lease, which replaces the old one
     */
    CompletableFuture<Lease> extend(Lease lease, Duration visibility);

    /** Moves a message to the dead letters of its group. The message stays leased, so acknowledge it afterwards. */
    CompletableFuture<Void> deadLetter(Leased message);

    /** Selects messages. */
    record Selection(ConsumerGroup group, TopicName topic, MessageSource.Filter filter) {}

    /**
     * A lease of one message.
     *
     * @param checkpoint the broker's name for the lease; its form is known to the implementation only
     */
    record Lease(ConsumerGroup group, TopicName topic, String checkpoint) {}

    /**
     * A message with its lease.
     *
     * @param source data that the implementation of this interface needs for {@link #deadLetter}
     */
    record Leased(ReceivedMessage message, Lease lease, Object source) {}

    /** Says why a call about leases failed. The message has no addresses. */
    final class LeaseException extends RuntimeException {

        /** The kinds of failure. */
        public enum Reason {
            /** No broker took the call. It had no effect. */
            UNAVAILABLE,
            /** The broker did not answer in time. The call may have had its effect. */
            UNKNOWN,
            /** The broker refused. An operator must fix the cause. */
            REFUSED,
            /** Too many calls wait at the broker already. */
            TOO_MANY_WAITERS
        }

        private final Reason reason;

        public LeaseException(Reason reason, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.reason = reason;
        }

        /** The exception with which a future of this port has failed. */
        public static LeaseException of(Throwable failure) {
            var cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return cause instanceof LeaseException lease
                    ? lease
                    : new LeaseException(Reason.UNKNOWN, "the call failed because of a bug", cause);
        }

        public Reason reason() {
            return reason;
        }
    }
}
