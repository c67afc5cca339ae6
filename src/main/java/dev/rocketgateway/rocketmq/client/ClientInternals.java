package dev.rocketgateway.rocketmq.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.hook.FilterMessageHook;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.InvokeCallback;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.netty.NettyEvent;
import org.apache.rocketmq.remoting.netty.NettyEventType;
import org.apache.rocketmq.remoting.netty.NettyRemotingAbstract;
import org.apache.rocketmq.remoting.netty.ResponseFuture;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.header.GetMaxOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.heartbeat.ConsumerData;
import org.apache.rocketmq.remoting.protocol.heartbeat.HeartbeatData;
import org.apache.rocketmq.remoting.protocol.heartbeat.SubscriptionData;
import org.jspecify.annotations.Nullable;

/**
 * The only class that uses internals of the client. The client marks this access as deprecated. But it offers no other access to
 * the name server's answers, to a second hook beside that of the ACL, or to a rebalance.
 */
@SuppressWarnings("deprecation")
public final class ClientInternals {

    private ClientInternals() {}

    /** The connections and threads a started producer uses. */
    public static MQClientInstance instanceOf(DefaultMQProducer started) {
        return started.getDefaultMQProducerImpl().getMqClientFactory();
    }

    /** The connections and threads a started consumer uses. */
    public static MQClientInstance instanceOf(DefaultMQPushConsumer started) {
        return started.getDefaultMQPushConsumerImpl().getmQClientFactory();
    }

    /**
     * @param started with message trace
     */
    public static void traceEachOfABatch(DefaultMQProducer started) {
        started.getDefaultMQProducerImpl().registerSendMessageHook(new BatchTraces(started.getTraceDispatcher()));
    }

    /** Wakes the thread that handles connection events of the client, with an event without effect. */
    static void nudgeEvents(MQClientInstance client) {
        if (client.getMQClientAPIImpl().getRemotingClient() instanceof NettyRemotingAbstract remoting) {
            remoting.putNettyEvent(new NettyEvent(NettyEventType.IDLE, "none", null));
        }
    }

    /**
     * The client's buffer of a queue that it reads. A queue that moves to another consumer and comes back gets a new buffer, with
     * the same messages again.
     *
     * @param queue as the client names it to its listener
     */
    public static HeldQueue held(DefaultMQPushConsumer started, MessageQueue queue) {
        var consumer = started.getDefaultMQPushConsumerImpl();
        return new HeldQueue(
                consumer,
                queue,
                consumer.getRebalanceImpl().getProcessQueueTable().get(queue));
    }

    /**
     * The received messages of a queue.
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
         * Finishes one message of a listener's call as the client does for all messages after the return: removes it and moves the
         * position. The client does the same again later, which changes nothing.
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

    /** Names of the brokers from which the consumer reads queues of the topic now. */
    public static Set<String> brokersRead(DefaultMQPushConsumer consumer, String topic) {
        var onTheWire = inNamespace(consumer, topic);
        return consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet().stream()
                .filter(queue -> queue.getTopic().equals(onTheWire))
                .map(MessageQueue::getBrokerName)
                .collect(Collectors.toSet());
    }

    /**
     * Sends one message of a listener's call back to the broker for redelivery.
     *
     * @param level as in {@code ConsumeConcurrentlyContext}: -1 for the dead-letter topic, 0 for the broker's default
     * @param queue as the client names it to its listener
     */
    public static void sendBack(DefaultMQPushConsumer started, MessageExt message, int level, MessageQueue queue)
            throws RemotingException, MQBrokerException, InterruptedException, MQClientException {
        message.setTopic(inNamespace(started, message.getTopic()));
        started.getDefaultMQPushConsumerImpl().sendMessageBack(message, level, queue);
    }

    /**
     * Makes the client look up the topic's brokers in advance. Otherwise the client asks with each message to an unknown broker,
     * and concurrent sends wait for each other: the last of a thousand messages would be late.
     *
     * <p>Waits for the name server; if it does not answer, the client tries again when a message is sent.
     */
    public static void lookUp(DefaultMQProducer started, String topic) {
        try {
            instanceOf(started).updateTopicRouteInfoFromNameServer(inNamespace(started, topic));
        } catch (IllegalStateException noAnswer) {
            // The client logs this. The outcome of the send decides.
        }
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

    /** The name of a topic or group on the wire, with the namespace. */
    public static String inNamespace(ClientConfig client, String resource) {
        return client.withNamespace(resource);
    }

    /** The name of a topic or group as it was before {@link #inNamespace}. */
    public static String withoutNamespace(ClientConfig client, String onTheWire) {
        return client.withoutNamespace(onTheWire);
    }

    /**
     * Asks the broker of a queue for the highest offset of the queue, over the producer's own connection, and waits for the
     * answer.
     *
     * <p>Does not use the client's own call, which closes the connection when it times out, and so fails all sends in flight.
     *
     * @return false if no answer came in time; a refusal or a lost connection counts as an answer
     */
    public static boolean answers(DefaultMQProducer started, MessageQueue queue, Duration timeout)
            throws InterruptedException {
        var client = instanceOf(started);
        var address = client.findBrokerAddressInPublish(queue.getBrokerName());
        if (address == null) {
            return true;
        }
        var header = new GetMaxOffsetRequestHeader();
        header.setTopic(inNamespace(started, queue.getTopic()));
        header.setQueueId(queue.getQueueId());
        header.setBrokerName(queue.getBrokerName());
        var answered = new CompletableFuture<Boolean>();
        try {
            client.getMQClientAPIImpl()
                    .getRemotingClient()
                    .invokeAsync(
                            address,
                            RemotingCommand.createRequestCommand(RequestCode.GET_MAX_OFFSET, header),
                            timeout.toMillis(),
                            new InvokeCallback() {
                                @Override
                                public void operationComplete(ResponseFuture done) {}

                                @Override
                                public void operationSucceed(RemotingCommand response) {
                                    answered.complete(true);
                                }

                                @Override
                                public void operationFail(Throwable cause) {
                                    answered.complete(!(cause instanceof RemotingTimeoutException));
                                }
                            });
            // The client checks for timeouts once a second, and one second late.
            return answered.get(timeout.toMillis() + 3_000, TimeUnit.MILLISECONDS);
        } catch (RemotingConnectException | RemotingSendRequestException gone) {
            return true;
        } catch (RemotingException | ExecutionException | TimeoutException silent) {
            return false;
        }
    }
}
