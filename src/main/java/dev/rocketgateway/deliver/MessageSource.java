package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.time.Instant;

/** Where messages for subscriptions come from. Thread-safe. */
public interface MessageSource {

    /**
     * Begins to receive. Blocks until the group is known to the broker and its position set.
     *
     * @throws SourceUnavailableException if it cannot begin now and may later
     */
    Consumption start(Settings settings, Handler handler);

    /**
     * What to receive.
     *
     * @param maxInFlight how many messages the handler is given at once
     * @param maxAttempts deliveries of one message before the broker dead-letters it
     */
    record Settings(
            ConsumerGroup group, TopicName topic, Filter filter, Start start, int maxInFlight, int maxAttempts) {}

    /** The broker's filter: by tag, or by SQL condition. */
    record Filter(boolean sql, String expression) {}

    /** Where a group without a position begins. */
    sealed interface Start {

        /** After the last message there is. */
        record Latest() implements Start {}

        /** At the first message there is. */
        record Earliest() implements Start {}

        /** At the first message stored at this time or later. */
        record At(Instant time) implements Start {}
    }

    /** Is given one message at a time on each of several threads, and decides. It may block, and must not throw. */
    @FunctionalInterface
    interface Handler {

        DeliveryVerdict handle(ReceivedMessage message);
    }

    /** A reception under way. */
    interface Consumption {

        /** Notices queues that are new since the start. Called now and then; may block for a moment. */
        void refresh();

        /**
         * Ends the reception without losing a message or an attempt: no new message goes to the handler, those it has may
         * finish until the limit, and what it decides after that is ignored, so that the broker delivers it again.
         *
         * @return whether all had finished
         */
        boolean drain(Duration limit);
    }

    /** A start that is worth another try. The message says why, without addresses. */
    final class SourceUnavailableException extends RuntimeException {

        public SourceUnavailableException(String reason, Throwable cause) {
            super(reason, cause);
        }

        public SourceUnavailableException(String reason) {
            super(reason);
        }
    }
}
