package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import dev.rocketgateway.rocketmq.client.Namespaces;
import java.util.Map;
import java.util.Set;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.consumer.store.ReadOffsetType;
import org.apache.rocketmq.client.consumer.store.RemoteBrokerOffsetStore;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * An offset store for the client. If the group has no position in a queue, the store uses the subscription's start position. The group
 * has no position if the broker did not answer before or joined later, or if the topic was created later. The client's own store would
 * start at the first message of the queue, or at its end.
 *
 * <p>Called by the client's threads; the thread that assigns queues may wait here for a broker.
 */
final class StartingOffsets implements OffsetStore {

    private static final Logger LOG = Logger.getLogger(StartingOffsets.class);

    /**
     * The value that the client's own store returns if a broker does not answer. The client asks again at the next assignment of
     * queues.
     */
    private static final long NOT_KNOWN = -2;

    private final DefaultMQPushConsumer consumer;
    private final String group;
    private final Start start;
    private final StartPosition positions;
    private final BrokerHealth health;
    private @Nullable OffsetStore store;

    StartingOffsets(
            DefaultMQPushConsumer consumer, String group, Start start, StartPosition positions, BrokerHealth health) {
        this.consumer = consumer;
        this.group = group;
        this.start = start;
        this.positions = positions;
        this.health = health;
    }

    /** Called by the client during its start, after its connections exist. */
    @Override
    public void load() throws MQClientException {
        // The name of the group with the namespace, as in the client.
        store = new RemoteBrokerOffsetStore(ConsumerInternals.instanceOf(consumer), consumer.getConsumerGroup());
        store.load();
    }

    @Override
    public long readOffset(MessageQueue queue, ReadOffsetType type) {
        if (type != ReadOffsetType.READ_FROM_STORE) {
            return store().readOffset(queue, type);
        }
        if (health.isSilent(queue.getBrokerName())) {
            // One thread assigns the queues of all consumers, so this thread must not wait for each queue of a silent
            // broker.
            return NOT_KNOWN;
        }
        if (queue.getTopic().startsWith(MixAll.RETRY_GROUP_TOPIC_PREFIX)) {
            return store().readOffset(queue, type);
        }
        try {
            var topic = Namespaces.withoutNamespace(consumer, queue.getTopic());
            long position = positions.positionOf(
                    group, new MessageQueue(topic, queue.getBrokerName(), queue.getQueueId()), start);
            store().updateOffset(queue, position, false);
            return position;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NOT_KNOWN;
        } catch (RemotingException | MQBrokerException | MQClientException | RuntimeException e) {
            LOG.debugf(e, "position not read, will be retried group=%s queue=%s", group, queue);
            return NOT_KNOWN;
        }
    }

    private OffsetStore store() {
        if (store == null) {
            throw new IllegalStateException("not loaded");
        }
        return store;
    }

    @Override
    public void updateOffset(MessageQueue queue, long offset, boolean increaseOnly) {
        store().updateOffset(queue, offset, increaseOnly);
    }

    @Override
    public void updateAndFreezeOffset(MessageQueue queue, long offset) {
        store().updateAndFreezeOffset(queue, offset);
    }

    @Override
    public void persistAll(Set<MessageQueue> queues) {
        store().persistAll(queues);
    }

    @Override
    public void persist(MessageQueue queue) {
        store().persist(queue);
    }

    @Override
    public void removeOffset(MessageQueue queue) {
        store().removeOffset(queue);
    }

    @Override
    public Map<MessageQueue, Long> cloneOffsetTable(String topic) {
        return store().cloneOffsetTable(topic);
    }

    @Override
    public void updateConsumeOffsetToBroker(MessageQueue queue, long offset, boolean oneway)
            throws RemotingException, MQBrokerException, InterruptedException, MQClientException {
        store().updateConsumeOffsetToBroker(queue, offset, oneway);
    }
}
