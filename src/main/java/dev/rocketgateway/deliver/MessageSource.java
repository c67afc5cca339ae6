package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
     * @param threads how many calls of the handler there are at once in the beginning
     * @param maxInFlight how many there will be, after {@link Consumption#adjust}
     * @param maxAttempts deliveries of one message before the broker dead-letters it by itself
     * @param maxBatch how many messages one call gets at most
     * @param newFilter whether it may only begin while nobody receives for the group with another filter
     */
    record Settings(
            ConsumerGroup group,
            TopicName topic,
            Filter filter,
            Start start,
            int threads,
            int maxInFlight,
            int maxAttempts,
            int maxBatch,
            boolean newFilter) {}

    /** The broker's filter: by tag, or by SQL condition. */
    record Filter(boolean sql, String expression) {}

    /** Where a group without a position begins, or one with a position is moved to. */
    sealed interface Start {

        /** After the last message there is. */
        record Latest() implements Start {}

        /** At the first message there is. */
        record Earliest() implements Start {}

        /** At the first message stored at this time or later. */
        record At(Instant time) implements Start {}
    }

    /** Is given messages on several threads at once, and decides. It may block, and must not throw. */
    @FunctionalInterface
    interface Handler {

        /**
         * @param messages at least one; several only where the settings allow it
         * @return one decision for each, in their order
         */
        List<Decision> handle(List<ReceivedMessage> messages, Ownership ownership);
    }

    /** What the broker is told about one message. */
    sealed interface Decision {

        /** The group is done with it. */
        record Acknowledge() implements Decision {}

        /**
         * Deliver it again; that is another attempt.
         *
         * @param after when, rounded up to a delay the broker has; empty for the broker's own plan
         */
        record Redeliver(Optional<Duration> after) implements Decision {}

        /** Move it to the group's dead-letter topic. */
        record DeadLetter() implements Decision {}

        /** Nothing happened to it, and the reception ends: it comes again and no attempt is spent. Only while draining. */
        record Undecided() implements Decision {}
    }

    /** Whether messages are still this replica's to deliver: their queue may go to another one while they wait. */
    @FunctionalInterface
    interface Ownership {

        boolean holds();
    }

    /** A reception under way. */
    interface Consumption {

        /** Notices queues that are new since the start. Called now and then; may block for a moment. */
        void refresh();

        /** Changes both while it runs. Returns at once. */
        void adjust(int maxInFlight, int maxAttempts);

        /** The delays a redelivery can have. */
        DelayLevels delayLevels();

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

        private final boolean refused;

        private SourceUnavailableException(String reason, boolean refused, @Nullable Throwable cause) {
            super(reason, cause);
            this.refused = refused;
        }

        /** It may get better by itself. */
        public SourceUnavailableException(String reason, @Nullable Throwable cause) {
            this(reason, false, cause);
        }

        /** Somebody has to do something about it. */
        public static SourceUnavailableException refused(String reason, @Nullable Throwable cause) {
            return new SourceUnavailableException(reason, true, cause);
        }

        /** Whether somebody has to do something about it. */
        public boolean isRefused() {
            return refused;
        }
    }
}
