package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;

/**
 * Limits the received messages that are not delivered yet. Their number is limited, because they are delivered again after a crash. Their
 * size is limited, because they are in memory. All consumers share one limit on the size and one on the number. The limit on the number
 * exists because even an empty message needs about 2 KiB, and with hundreds of busy consumers, each needs only a few messages.
 * Thread-safe.
 *
 * <p>At each rebalance, the client divides both limits of a topic by the number of its queues. At each pull, it checks the limits
 * of a queue. So a change of a limit must also set the limits of the queues.
 */
@ApplicationScoped
class ReceiveBuffers {

    private static final int BUFFERED_PER_DELIVERY = 16;
    private static final int MAX_BUFFERED = 4096;

    /** Shared by all consumers that have messages, except that each may have as many as it delivers at once. */
    private static final int MAX_BUFFERED_BY_ALL = 8_192;

    private static final int MAX_MIB_OF_ONE = 32;
    private static final long MIB = 1024L * 1024;
    private static final int MAX_PULL_BATCH = 32;
    private static final int MIN_PULL_BATCH = 4;

    /** Whether each consumer had received messages when it was last asked. */
    private final Map<DefaultMQPushConsumer, Boolean> consumers = new ConcurrentHashMap<>();

    private final AtomicInteger busy = new AtomicInteger();
    private final long totalMib;

    ReceiveBuffers(RocketMqConfig config) {
        this.totalMib = Math.max(1, config.maxBufferedSize().asLongValue() / MIB);
    }

    /** Adds a consumer that is about to start. */
    void opened(DefaultMQPushConsumer consumer) {
        consumers.put(consumer, false);
    }

    /** Removes a consumer that has ended. */
    void closed(DefaultMQPushConsumer consumer) {
        if (Boolean.TRUE.equals(consumers.remove(consumer))) {
            busy.decrementAndGet();
        }
    }

    /**
     * Limits the number of messages.
     *
     * @param atOnce number of messages delivered at once
     * @param queues number of queues of the topic
     * @param retryQueues number of retry queues. The client divides the limit by these queues too, so this method sets a higher
     *     limit. Without that, a topic with four queues got only a third of its limit, and the client paused for 50 ms after each
     *     pull.
     */
    void limitMessages(DefaultMQPushConsumer consumer, int atOnce, int queues, int retryQueues) {
        int busy = busyWith(consumer);
        // A consumer without messages does not know how many others will get some at the same time.
        long share = Boolean.TRUE.equals(consumers.get(consumer))
                ? Math.max(atOnce, MAX_BUFFERED_BY_ALL / Math.max(1, busy))
                : 2L * atOnce;
        long wanted = Math.min(share, Math.min(MAX_BUFFERED, (long) BUFFERED_PER_DELIVERY * atOnce));
        int bound = (int) (queues == 0 ? wanted : wanted * (queues + retryQueues) / queues);
        consumer.setPullBatchSize(pullBatch(atOnce, wanted, queues));
        consumer.setPullThresholdForTopic(bound);
        int owned = ConsumerInternals.ownedQueues(consumer);
        if (owned > 0) {
            consumer.setPullThresholdForQueue(Math.max(1, bound / owned));
        }
    }

    /** Records that a consumer has messages; returns whether it had none until now. */
    boolean becomesBusy(DefaultMQPushConsumer consumer) {
        if (!Boolean.FALSE.equals(consumers.replace(consumer, true))) {
            return false;
        }
        busy.incrementAndGet();
        return true;
    }

    /** Records whether this consumer has messages, and returns the number of consumers that have messages. */
    private int busyWith(DefaultMQPushConsumer consumer) {
        boolean now = ConsumerInternals.hasReceived(consumer);
        var before = consumers.replace(consumer, now);
        if (before != null && before != now) {
            busy.addAndGet(now ? 1 : -1);
        }
        return busy.get();
    }

    /** The client pulls another batch while a queue is below its limit. So a batch is not larger than this limit. */
    private static int pullBatch(int atOnce, long wanted, int queues) {
        int most = Math.min(MAX_PULL_BATCH, 2 * atOnce);
        return (int) Math.max(Math.min(most, MIN_PULL_BATCH), Math.min(most, wanted / Math.max(1, queues)));
    }

    /** Limits the size to the consumer's share, which changes when consumers start and stop. */
    void limitSize(DefaultMQPushConsumer consumer) {
        int share = (int) Math.max(1, Math.min(MAX_MIB_OF_ONE, totalMib / Math.max(1, consumers.size())));
        consumer.setPullThresholdSizeForTopic(share);
        int owned = ConsumerInternals.ownedQueues(consumer);
        if (owned > 0) {
            consumer.setPullThresholdSizeForQueue(Math.max(1, share / owned));
        }
    }
}
