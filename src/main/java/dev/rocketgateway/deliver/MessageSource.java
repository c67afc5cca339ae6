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
     * Starts a consumption: the handler gets messages from now until {@link Consumption#drain}. Blocks until the broker knows the
     * group and the position of the group is set.
     *
     * @throws SourceUnavailableException if the consumption cannot start now; a later start may succeed
     */
    Consumption start(Settings settings, Handler handler);

    /**
     * Sets the start position in every queue of the topic in which the group has no position, without receiving messages. Blocks.
     *
     * @throws SourceUnavailableException if some brokers did not store the position; all other brokers have stored it
     */
    void fixStart(ConsumerGroup group, TopicName topic, Start start);

    /**
     * Settings of a consumption: what to receive, and how.
     *
     * @param mode who processes the messages, and in which order
     * @param callsAtFirst maximum number of concurrent calls of the handler until {@link Consumption#adjust}
     * @param newFilter whether the start must wait until no member of the group uses another filter
     */
    record Settings(
            ConsumerGroup group,
            TopicName topic,
            Filter filter,
            Start start,
            Mode mode,
            int callsAtFirst,
            Limits limits,
            boolean newFilter) {}

    /** Who processes messages, and in which order. */
    enum Mode {
        /** The handler, messages of one queue in parallel. */
        CONCURRENT,
        /** The handler, messages of one queue one after the other: a message that fails stops its queue. */
        ORDERED,
        /** Workers, which take messages with leases through {@link MessageLeases}. The handler gets none. */
        LEASED
    }

    /**
     * Limits of concurrency, sizes and attempts.
     *
     * @param calls maximum number of concurrent calls of the handler
     * @param messagesPerCall maximum number of messages in one call
     * @param messages maximum number of messages that are delivered at the same time; the client buffers several times as many
     * @param attempts number of deliveries of one message after which the broker itself makes it a dead letter
     */
    record Limits(int calls, int messagesPerCall, int messages, int attempts) {}

    /** The broker's filter: by tag, or by SQL condition. */
    record Filter(boolean sql, String expression) {}

    /** A position in a queue: where a group without a position starts, or where {@link ConsumerGroups#seek} moves a group. */
    sealed interface Start {

        /** After the last stored message. */
        record Latest() implements Start {}

        /** At the first stored message. */
        record Earliest() implements Start {}

        /** At the first message stored at this time or later. */
        record At(Instant time) implements Start {}
    }

    /** Processes received messages. Called by several threads at the same time. */
    @FunctionalInterface
    interface Handler {

        /**
         * Processes the messages of one call, and returns a settlement for each. May block; must not throw.
         *
         * @param messages one message, or several if {@link Limits#messagesPerCall} allows it
         * @return one settlement for each message, in their order
         */
        List<Settlement> handle(List<ReceivedMessage> messages, Origin origin);

        /**
         * Takes over messages without blocking: the handler settles each of them later, through the handover. Does not throw. Called in mode {@link Mode#CONCURRENT} only.
         *
         * @return whether the handler takes all of the messages over; if not, the source must call {@link #handle} with them
         */
        default boolean takeOver(Handover handover) {
            return false;
        }
    }

    /** What the broker must do with a message after its delivery. */
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
         * The message was not processed because consumption stops. It is delivered again, and no attempt is counted. Allowed only
         * while the consumption drains.
         */
        record Unsettled() implements Settlement {}
    }

    /** The queue from which messages came. Thread-safe. */
    @FunctionalInterface
    interface Origin {

        /** Whether this replica must still deliver the messages. Their queue may move to another replica while they wait. */
        boolean holds();
    }

    /**
     * Messages of one queue that a handler takes over. The handler settles each message once: with {@link #acknowledge}, or with {@link #settle}.
     * A message that is never settled is delivered again when the consumption has stopped. Thread-safe.
     */
    interface Handover extends Origin {

        /** Number of messages. */
        int size();

        /**
         * Converts one of the messages; each call creates a new object.
         *
         * @param index 0 to {@code size() - 1}
         */
        ReceivedMessage message(int index);

        /** Whether {@link #message} decompresses a body, or the body is so large that it takes long to prepare its webhook. */
        boolean takesLong(int index);

        /**
         * Begins the delivery of a message. Never blocks.
         *
         * @return false if the message must not be delivered, and needs no settlement, because consumption stops or its queue has
         *     moved
         */
        boolean begin(int index);

        /** Acknowledges a message whose delivery began. Never blocks. */
        void acknowledge(int index);

        /** Leaves a message unsettled, because consumption stops, whether its delivery began or not. Never blocks. */
        void giveUp(int index);

        /** Settles a message on a thread of the consumption, whether its delivery began or not. Returns immediately. */
        void settle(int index, Deferred settlement);
    }

    /** A settlement that needs a thread. The source calls exactly one of its methods, once. */
    interface Deferred {

        /** Returns the settlement, which may have to be decided first. Called on a thread of the consumption, and may block for long. */
        Settlement settle();

        /** Called instead if the message needs no settlement, because its queue has moved or consumption has stopped. Must not block. */
        void drop();
    }

    /** A running consumption: it receives messages from its start until {@link #drain}. */
    interface Consumption {

        /** Looks for queues that were created after the start. Called periodically; may block for a moment. */
        void refresh();

        /** Changes the limits for calls that start from now on. Returns immediately. */
        void adjust(Limits limits);

        /** The delays that the broker supports for redeliveries. */
        DelayLevels delayLevels();

        /**
         * Stops consumption without losing a message or an attempt. The handler gets no new message, and its current messages may
         * finish within the time limit. Later settlements are ignored, so the broker delivers the messages again.
         *
         * @return whether all messages finished within the time limit
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
