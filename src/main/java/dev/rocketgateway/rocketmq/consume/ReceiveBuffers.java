package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.client.ClientInternals;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;

/**
 * Bounds what consumers have received and not yet delivered: by number, because that much comes again after a crash, and by size,
 * because it is held in memory. All consumers share one bound on the size. Thread-safe.
 *
 * <p>The client divides both bounds of a topic by the queues it reads, at each rebalance, and looks at those of a queue at each
 * pull; so a change sets them too.
 */
@ApplicationScoped
class ReceiveBuffers {

    private static final int BUFFERED_PER_DELIVERY = 16;
    private static final int MAX_BUFFERED = 4096;
    private static final int MAX_MIB_OF_ONE = 32;
    private static final long MIB = 1024L * 1024;
    private static final int MAX_PULL_BATCH = 32;

    private final Set<DefaultMQPushConsumer> consumers = ConcurrentHashMap.newKeySet();
    private final long totalMib;

    ReceiveBuffers(RocketMqConfig config) {
        this.totalMib = Math.max(1, config.maxBufferedSize().asLongValue() / MIB);
    }

    /** A consumer that is about to start. */
    void opened(DefaultMQPushConsumer consumer) {
        consumers.add(consumer);
    }

    /** A consumer that is at its end. */
    void closed(DefaultMQPushConsumer consumer) {
        consumers.remove(consumer);
    }

    /**
     * Bounds the number of messages.
     *
     * @param atOnce how many are delivered at once
     * @param queues of the topic
     * @param retryQueues the client divides by these too: with four queues of its own a third of the bound was left to a topic, and
     *     the client paused for 50 ms each time it had pulled
     */
    void limitMessages(DefaultMQPushConsumer consumer, int atOnce, int queues, int retryQueues) {
        long wanted = Math.min(MAX_BUFFERED, (long) BUFFERED_PER_DELIVERY * atOnce);
        int bound = (int) (queues == 0 ? wanted : wanted * (queues + retryQueues) / queues);
        consumer.setPullBatchSize(Math.min(MAX_PULL_BATCH, 2 * atOnce));
        consumer.setPullThresholdForTopic(bound);
        int owned = ClientInternals.ownedQueues(consumer);
        if (owned > 0) {
            consumer.setPullThresholdForQueue(Math.max(1, bound / owned));
        }
    }

    /** Bounds the size by the consumer's share, which changes when others come and go. */
    void limitSize(DefaultMQPushConsumer consumer) {
        int share = (int) Math.max(1, Math.min(MAX_MIB_OF_ONE, totalMib / Math.max(1, consumers.size())));
        consumer.setPullThresholdSizeForTopic(share);
        int owned = ClientInternals.ownedQueues(consumer);
        if (owned > 0) {
            consumer.setPullThresholdSizeForQueue(Math.max(1, share / owned));
        }
    }
}
