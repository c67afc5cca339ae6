package dev.rocketgateway.rocketmq.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.Lock;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.hook.FilterMessageHook;
import org.apache.rocketmq.client.impl.consumer.ConsumeMessageConcurrentlyService;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.heartbeat.ConsumerData;
import org.apache.rocketmq.remoting.protocol.heartbeat.HeartbeatData;
import org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData;
import org.jspecify.annotations.Nullable;

/**
 * The only class that uses internals of consumers. The client marks this access as deprecated. But it offers no other access to the
 * buffers of a consumer's queues, to a second hook beside that of the ACL, or to a heartbeat.
 */
@SuppressWarnings("deprecation")
public final class ConsumerInternals {

    private static final VarHandle HEARTBEAT_LOCK = field(MQClientInstance.class, "lockHeartbeat", Lock.class);
    private static final VarHandle EXPIRY_THREAD =
            field(ConsumeMessageConcurrentlyService.class, "cleanExpireMsgExecutors", ScheduledExecutorService.class);

    private ConsumerInternals() {}

    private static VarHandle field(Class<?> owner, String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup()).findVarHandle(owner, name, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of the RocketMQ client is not supported", e);
        }
    }

    /**
     * Shuts the consumer down, and unregisters its group once more after that. The client's own shutdown does not wait for a heartbeat
     * that another thread is sending, and this heartbeat can register the group again: then the brokers count a member that does not
     * exist for two minutes. Blocks.
     */
    public static void shutdown(DefaultMQPushConsumer started) {
        var instance = instanceOf(started);
        var group = started.getDefaultMQPushConsumerImpl().groupName();
        started.shutdown();
        var lock = (Lock) HEARTBEAT_LOCK.get(instance);
        lock.lock();
        // A heartbeat that begins now does not name the group.
        lock.unlock();
        if (instance.selectConsumer(group) == null) {
            instance.unregisterConsumer(group);
        }
    }

    /** The connections and threads a started consumer uses. */
    public static MQClientInstance instanceOf(DefaultMQPushConsumer started) {
        return started.getDefaultMQPushConsumerImpl().getmQClientFactory();
    }

    /**
     * The client's buffer of a queue that it reads. A queue that moves to another consumer and comes back gets a new buffer, with
     * the same messages again.
     *
     * @param queue the queue as the client passes it to its listener
     */
    public static HeldQueue held(DefaultMQPushConsumer started, MessageQueue queue) {
        var consumer = started.getDefaultMQPushConsumerImpl();
        return new HeldQueue(
                consumer,
                queue,
                consumer.getRebalanceImpl().getProcessQueueTable().get(queue));
    }

    /**
     * The client's buffer of received messages of one queue.
     *
     * @param process null if the queue went to another consumer before it was looked up
     */
    public record HeldQueue(
            DefaultMQPushConsumerImpl consumer,
            MessageQueue queue,
            @Nullable ProcessQueue process) {

        /** Whether the queue still belongs to this consumer. */
        public boolean isHeld() {
            return process != null && !process.isDropped();
        }

        /**
         * Finishes one message of a listener's call: removes it from the buffer and moves the position. The client does the same
         * for all messages of the call when the listener returns. Finishing a message twice changes nothing.
         */
        public void finish(MessageExt message) {
            if (process == null) {
                return;
            }
            long position = process.removeMessage(List.of(message));
            if (position >= 0 && !process.isDropped()) {
                consumer.getOffsetStore().updateOffset(queue, position, true);
            }
        }

        /**
         * Finishes a message that no listener got, and counts it as the client counts those of a listener.
         *
         * @param millis how long its delivery took
         */
        public void acknowledge(MessageExt message, long millis) {
            var statistics = consumer.getConsumerStatsManager();
            statistics.incConsumeOKTPS(consumer.groupName(), queue.getTopic(), 1);
            statistics.incConsumeRT(consumer.groupName(), queue.getTopic(), millis);
            finish(message);
        }
    }

    /** Received messages of one queue, in their order. */
    public interface Offer {

        List<MessageExt> messages();

        /** Their queue. A message stays in it until it is finished. */
        HeldQueue queue();

        /**
         * Has a thread of the consumer call the listener with the message alone, unless its queue no longer belongs to the consumer
         * then. Returns immediately.
         *
         * @return false if the consumer has stopped, so that no listener is called
         */
        boolean toListener(MessageExt message);
    }

    /** Takes received messages without a thread of the consumer. */
    @FunctionalInterface
    public interface Taker {

        /** Returns whether it takes all of the messages over. Must not block. */
        boolean take(Offer offer);
    }

    /** Offers messages that the consumer receives from now on to the taker, before its listener. */
    public static void offer(DefaultMQPushConsumer started, Taker taker) {
        var consumer = started.getDefaultMQPushConsumerImpl();
        consumer.setConsumeMessageService(new MessageOffers(consumer, consumer.getConsumeMessageService(), taker));
    }

    /**
     * Ends the thread with which the client looks for expired messages of this consumer. From then on, the caller must call
     * {@link #sendBackExpired}. A thousand consumers would have a thousand such threads.
     */
    public static void endExpiryThread(DefaultMQPushConsumer started) {
        var service = started.getDefaultMQPushConsumerImpl().getConsumeMessageService();
        ((ExecutorService) EXPIRY_THREAD.get(service)).shutdownNow();
    }

    /** Sends back the messages that the listener got longer ago than the consume timeout, and forgets them. Blocks. */
    public static void sendBackExpired(DefaultMQPushConsumer started) {
        started.getDefaultMQPushConsumerImpl()
                .getRebalanceImpl()
                .getProcessQueueTable()
                .values()
                .forEach(queue -> queue.cleanExpiredMsg(started));
    }

    /** Sets the offset store of a consumer that is not started. */
    public static void keepPositionsIn(OffsetStore positions, DefaultMQPushConsumer consumer) {
        consumer.setOffsetStore(positions);
    }

    /** Registers a hook for received messages; for a consumer that is not started. */
    static void onReceipt(FilterMessageHook hook, DefaultMQPushConsumer consumer) {
        consumer.getDefaultMQPushConsumerImpl().registerFilterMessageHook(hook);
    }

    /** The number of queues that the consumer reads now, including those of its retry topic. */
    public static int ownedQueues(DefaultMQPushConsumer consumer) {
        return consumer.getDefaultMQPushConsumerImpl()
                .getRebalanceImpl()
                .getProcessQueueTable()
                .size();
    }

    /** Whether the consumer has received messages that are not finished yet. */
    public static boolean hasReceived(DefaultMQPushConsumer consumer) {
        return consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().values().stream()
                .anyMatch(queue -> queue.getMsgCount().get() > 0);
    }

    /** Names of the brokers from which the consumer reads queues of the topic now. */
    public static Set<String> brokersRead(DefaultMQPushConsumer consumer, String topic) {
        var onTheWire = Namespaces.inNamespace(consumer, topic);
        return consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet().stream()
                .filter(queue -> queue.getTopic().equals(onTheWire))
                .map(MessageQueue::getBrokerName)
                .collect(Collectors.toSet());
    }

    /**
     * Sends one message of a listener's call back to the broker for redelivery.
     *
     * @param level as in {@code ConsumeConcurrentlyContext}: -1 for the dead-letter topic, 0 for the broker's default
     * @param queue the queue as the client passes it to its listener
     */
    public static void sendBack(DefaultMQPushConsumer started, MessageExt message, int level, MessageQueue queue)
            throws RemotingException, MQBrokerException, InterruptedException, MQClientException {
        message.setTopic(Namespaces.inNamespace(started, message.getTopic()));
        started.getDefaultMQPushConsumerImpl().sendMessageBack(message, level, queue);
    }

    /**
     * The version of the consumer's subscription data by topic: the client increases it whenever its queues of the topic change.
     */
    public static Map<String, Long> versionsOfWhatIsRead(DefaultMQPushConsumer started) {
        return started.getDefaultMQPushConsumerImpl().subscriptions().stream()
                .collect(Collectors.toMap(SubscriptionData::getTopic, SubscriptionData::getSubVersion));
    }

    /** Sends a heartbeat to one broker, with the consumer's group and subscription data, and waits for the answer. */
    public static void sendHeartbeat(DefaultMQPushConsumer started, String address)
            throws RemotingException, MQBrokerException, InterruptedException {
        var consumer = started.getDefaultMQPushConsumerImpl();
        var member = new ConsumerData();
        member.setGroupName(consumer.groupName());
        member.setConsumeType(consumer.consumeType());
        member.setMessageModel(consumer.messageModel());
        member.setConsumeFromWhere(consumer.consumeFromWhere());
        member.setUnitMode(consumer.isUnitMode());
        member.getSubscriptionDataSet().addAll(consumer.subscriptions());
        var heartbeat = new HeartbeatData();
        heartbeat.setClientID(instanceOf(started).getClientId());
        heartbeat.getConsumerDataSet().add(member);
        instanceOf(started).getMQClientAPIImpl().sendHeartbeat(address, heartbeat, started.getMqClientApiTimeout());
    }
}
