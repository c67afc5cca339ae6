package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Receives messages for subscriptions: the port that {@code rocketmq} implements. Thread-safe. */
public interface MessageSource {

    /**
     * Starts to receive. Blocks until the broker knows the group and its position is set.
     *
     * @throws SourceUnavailableException if it cannot start now but may later
     */
    Consumption start(Settings settings, Handler handler);

    /**
     * Sets the position of the group in every queue of the topic where it has none, without receiving. Blocks.
     *
     * @throws SourceUnavailableException if some brokers did not store a position; all other brokers have
     */
    void fixStart(ConsumerGroup group, TopicName topic, Start start);

    /**
     * What to receive, and how.
     *
     * @param callsAtFirst maximum number of concurrent calls of the handler until {@link Consumption#adjust}
     * @param newFilter whether the start must wait until no member of the group uses another filter
     */
    record Settings(
            ConsumerGroup group,
            TopicName topic,
            Filter filter,
            Start start,
            int callsAtFirst,
            Limits limits,
            boolean newFilter) {}

    /**
     * Limits of concurrency, sizes and attempts.
     *
     * @param calls maximum number of concurrent calls of the handler
     * @param messagesPerCall maximum number of messages in one call
     * @param messages maximum number of messages delivered at once; several times as many are buffered
     * @param attempts deliveries of one message before the broker itself makes it a dead letter
     */
    record Limits(int calls, int messagesPerCall, int messages, int attempts) {}

    /** The broker's filter: by tag, or by SQL condition. */
    record Filter(boolean sql, String expression) {}

    /** The position at which a group starts in a queue without a position, or to which it is moved. */
    sealed interface Start {

        /** After the last stored message. */
        record Latest() implements Start {}

        /** At the first stored message. */
        record Earliest() implements Start {}

        /** At the first message stored at this time or later. */
        record At(Instant time) implements Start {}
    }

    /** Processes received messages and decides about each. Called by several threads at once; may block, must not throw. */
    @FunctionalInterface
    interface Handler {

        /**
         * @param messages at least one; several only if the settings allow it
         * @return one settlement for each message, in their order
         */
        List<Settlement> handle(List<ReceivedMessage> messages, Origin origin);
    }

    /** The result of one message, for the broker. */
    sealed interface Settlement {

        /** The message is acknowledged. */
        record Acknowledge() implements Settlement {}

        /**
         * The message is delivered again, which counts as another attempt.
         *
         * @param after the delay, rounded up to one that the broker supports; empty for the broker's default
         */
        record Redeliver(Optional<Duration> after) implements Settlement {}

        /** The message moves to the group's dead-letter topic. */
        record DeadLetter() implements Settlement {}

        /**
         * The message was not processed because consumption stops. It is delivered again, and no attempt is counted. Only while
         * draining.
         */
        record Unsettled() implements Settlement {}
    }

    /** The origin of the messages of one call. Thread-safe. */
    @FunctionalInterface
    interface Origin {

        /** Whether this replica must still deliver the messages. Their queue may move to another replica while they wait. */
        boolean holds();

        /**
         * Reports the settlement on one message before the rest of its call is settled. The result of the call contains this settlement
         * again, and a source may ignore the early report.
         *
         * @param index index of the message in its call
         */
        default void settle(int index, Settlement settlement) {}
    }

    /** A running consumption. */
    interface Consumption {

        /** Looks for queues that are new since the start. Called periodically; may block for a moment. */
        void refresh();

        /** Changes the limits for calls that start from now on. Returns at once. */
        void adjust(Limits limits);

        /** The supported delays of a redelivery. */
        DelayLevels delayLevels();

        /**
         * Stops consumption without losing a message or an attempt. The handler gets no new message, and its current messages may
         * finish until the limit. Later settlements are ignored, so the broker delivers these messages again.
         *
         * @return whether all messages had finished
         */
        boolean drain(Duration limit);
    }

    /** How to create a missing topic, for error texts. */
    String HOW_TO_MAKE_TOPICS =
            "create the topic with RocketMQ's `mqadmin updateTopic` or in the cluster's console, or publish a "
                    + "message to it first if gateway.publish.allow-topic-creation is true";

    /** Says that the source cannot do something now. The message names the reason, without addresses. */
    final class SourceUnavailableException extends RuntimeException {

        private final boolean refused;

        private SourceUnavailableException(String reason, boolean refused, @Nullable Throwable cause) {
            super(reason, cause);
            this.refused = refused;
        }

        /** Creates an exception for a failure that may end by itself. */
        public SourceUnavailableException(String reason, @Nullable Throwable cause) {
            this(reason, false, cause);
        }

        /** Creates an exception for a failure that an operator must fix. */
        public static SourceUnavailableException refused(String reason, @Nullable Throwable cause) {
            return new SourceUnavailableException(reason, true, cause);
        }

        /** Creates an exception for a topic that no broker has, so that an operator must create it. */
        public static SourceUnavailableException noRoute(TopicName topic) {
            return refused("topic %s has no route; %s".formatted(topic, HOW_TO_MAKE_TOPICS), null);
        }

        /** Whether an operator must fix the cause. */
        public boolean isRefused() {
            return refused;
        }
    }
}
