package dev.rocketgateway.look;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the queues of topics by offset: a port that {@code rocketmq} implements. It uses no consumer group of its own, commits
 * nothing, and changes nothing. Thread-safe.
 */
public interface TopicReads {

    /** A queue of a topic. */
    record Queue(String brokerName, int queueId) implements Comparable<Queue> {

        private static final Comparator<Queue> ORDER =
                Comparator.comparing(Queue::brokerName).thenComparingInt(Queue::queueId);

        @Override
        public int compareTo(Queue other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * The queues on all brokers that a name server lists now; empty if the topic does not exist. Blocks.
     *
     * @throws SourceUnavailableException if no name server answers, or all brokers of the topic are away
     */
    Set<Queue> queues(TopicName topic);

    /**
     * The offset of a position in a queue that {@link #queues} returned. Blocks.
     *
     * @throws SourceUnavailableException if the broker does not answer
     */
    long offset(TopicName topic, Queue queue, Start position);

    /**
     * Reads messages of a queue that {@link #queues} returned. Never blocks. The future fails if the broker does not answer. Code that
     * depends on the future may compute, but must not block.
     *
     * @param tags tags separated by {@code ||}, or {@code *}
     */
    CompletableFuture<Batch> read(TopicName topic, Queue queue, long offset, int limit, String tags);

    /**
     * Waits until the end of a queue differs from the offset, or until the time has passed. Never blocks. Code that depends on the future
     * must not block.
     *
     * @return the offset after the last message
     */
    CompletableFuture<Long> awaitEnd(TopicName topic, Queue queue, long end, Duration limit);

    /**
     * Messages that were read.
     *
     * @param next the offset to read next
     * @param first the offset of the first message that the broker still has
     */
    record Batch(List<StoredMessage> messages, long next, long first) {}
}
