package dev.rocketgateway.look;

import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds stored messages, and the progress of consumer groups with them: a port that {@code rocketmq} implements. Has no consumer group of
 * its own and changes nothing. Thread-safe; every method blocks, and throws {@link SourceUnavailableException} if no broker answers.
 */
public interface MessageFinder {

    /** Whether the topic exists. */
    boolean exists(TopicName topic);

    /** Finds a message by its unique id or its offset id. */
    Found byId(TopicName topic, String id);

    /**
     * Finds the messages with a key, the newest first.
     *
     * @param limit maximum number of messages; at most {@link #MOST}
     */
    Found byKey(TopicName topic, String key, Instant from, Instant to, int limit);

    /** Maximum number of messages with one key that a broker returns. */
    int MOST = 64;

    /**
     * Finds how far a consumer group has come with a message of the topic.
     *
     * @param stored a message that is in the topic
     * @param retryTopic the topic from which the group gets the messages that failed before
     */
    GroupProgress progress(
            TopicName topic, StoredMessage stored, ConsumerGroup group, String retryTopic, Filter filter);

    /**
     * Messages that were found.
     *
     * @param silent names of brokers that did not answer and can have more messages
     */
    record Found(List<StoredMessage> messages, Set<String> silent) {}

    /**
     * The progress of one consumer group with one message, as the brokers know it. The group's retry topic and dead-letter topic can have
     * copies of the message.
     *
     * @param matches whether the filter matches the message
     * @param position the group's committed position in the queue of the message; empty if it has none
     * @param retry the newest copy for a retry; empty if no broker has one
     * @param deadLetteredAt when the message last became a dead letter; empty if no broker has such a copy
     * @param silent names of brokers that did not answer and can have copies
     */
    record GroupProgress(
            boolean matches,
            Optional<Long> position,
            Optional<RetryCopy> retry,
            Optional<Instant> deadLetteredAt,
            Set<String> silent) {}

    /**
     * A copy of a message for a retry.
     *
     * @param pending whether the position of the group is not past the copy yet
     */
    record RetryCopy(Instant storedAt, boolean pending) {}
}
