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
     * Gives the group a position in every queue of the topic in which it has none, without receiving. Blocks.
     *
     * @throws SourceUnavailableException if some brokers did not take theirs; the others have
     */
    void fixStart(ConsumerGroup group, TopicName topic, Start start);

    /**
     * What to receive.
     *
     * @param callsAtFirst how many calls of the handler there are at once until {@link Consumption#adjust}
     * @param newFilter whether it may only begin while nobody receives for the group with another filter
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
     * How much at once.
     *
     * @param calls of the handler at once
     * @param messagesPerCall how many messages one call gets at most
     * @param messages how many are delivered at once; some times as many are held ready
     * @param attempts deliveries of one message before the broker dead-letters it by itself
     */
    record Limits(int calls, int messagesPerCall, int messages, int attempts) {}

    /** The broker's filter: by tag, or by SQL condition. */
    record Filter(boolean sql, String expression) {}

    /** Where a group begins in a queue it has no position in, or is moved to. */
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
        List<Decision> handle(List<ReceivedMessage> messages, Origin origin);
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

    /** Where the messages of one call come from. Thread-safe. */
    @FunctionalInterface
    interface Origin {

        /** Whether they are still this replica's to deliver: their queue may go to another one while they wait. */
        boolean holds();

        /**
         * Takes the decision on one message while the others of its call are not decided. It is among those of the call all the
         * same, and a source may wait for them.
         *
         * @param index of the message among those of its call
         */
        default void settle(int index, Decision decision) {}
    }

    /** A reception under way. */
    interface Consumption {

        /** Notices queues that are new since the start. Called now and then; may block for a moment. */
        void refresh();

        /** For the calls that begin from now on. Returns at once. */
        void adjust(Limits limits);

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

    /** For people whose topic is missing. */
    String HOW_TO_MAKE_TOPICS = "create it with RocketMQ's `mqadmin updateTopic` or in the cluster's console. If "
            + "gateway.publish.allow-topic-creation is true, publishing to it creates it too";

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

        /** No broker has the topic; somebody has to make it. */
        public static SourceUnavailableException noRoute(TopicName topic) {
            return refused("topic %s has no route; %s".formatted(topic, HOW_TO_MAKE_TOPICS), null);
        }

        /** Whether somebody has to do something about it. */
        public boolean isRefused() {
            return refused;
        }
    }
}
