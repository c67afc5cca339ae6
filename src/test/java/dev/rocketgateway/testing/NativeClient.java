package dev.rocketgateway.testing;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.CommunicationMode;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.body.UserInfo;
import org.apache.rocketmq.remoting.protocol.header.SendMessageRequestHeader;
import org.jspecify.annotations.Nullable;

/** Uses the RocketMQ client directly, to check independently which messages are stored. */
public final class NativeClient implements AutoCloseable {

    private final DefaultMQProducer producer;

    @SuppressWarnings("deprecation")
    private final org.apache.rocketmq.client.consumer.DefaultMQPullConsumer consumer;

    /** A stored message, as a native consumer sees it. */
    public record Stored(
            String id,
            int queue,
            long offset,
            long storedAt,
            byte[] body,
            @Nullable String tag,
            @Nullable String keys,
            Map<String, String> properties) {

        private static Stored of(MessageExt message) {
            return new Stored(
                    message.getMsgId(),
                    message.getQueueId(),
                    message.getQueueOffset(),
                    message.getStoreTimestamp(),
                    message.getBody(),
                    message.getTags(),
                    message.getKeys(),
                    message.getProperties());
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    public NativeClient(String nameServer) {
        this(nameServer, null);
    }

    public NativeClient(String nameServer, String accessKey, String secretKey) {
        this(nameServer, new AclClientRPCHook(new SessionCredentials(accessKey, secretKey)));
    }

    @SuppressWarnings("deprecation")
    private NativeClient(String nameServer, @Nullable RPCHook hook) {
        consumer = new org.apache.rocketmq.client.consumer.DefaultMQPullConsumer("test-" + UUID.randomUUID(), hook);
        consumer.setInstanceName("test-" + UUID.randomUUID());
        consumer.setNamesrvAddr(nameServer);
        producer = new DefaultMQProducer("test-" + UUID.randomUUID(), hook);
        producer.setInstanceName("test-" + UUID.randomUUID());
        producer.setNamesrvAddr(nameServer);
        try {
            producer.start();
            consumer.start();
        } catch (MQClientException e) {
            throw new IllegalStateException(e);
        }
    }

    public void createTopic(String topic, int queues) {
        createTopic(new TopicConfig(topic, queues, queues));
    }

    /**
     * @param attributes of the topic, such as {@code message.type}
     */
    public void createTopic(String topic, int queues, Map<String, String> attributes) {
        var config = new TopicConfig(topic, queues, queues);
        attributes.forEach((name, value) -> config.getAttributes().put("+" + name, value));
        createTopic(config);
    }

    /** Makes a topic that can be read and not written. */
    public void createReadOnlyTopic(String topic, int queues) {
        createTopic(new TopicConfig(topic, queues, queues, PermName.PERM_READ));
    }

    @SuppressWarnings("deprecation")
    private void createTopic(TopicConfig config) {
        var topic = config.getTopicName();
        var api = producer.getDefaultMQProducerImpl().getMqClientFactory().getMQClientAPIImpl();
        // A broker tells the name server of itself and of its topics in its own time.
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            var brokers = api.getBrokerClusterInfo(5_000).getBrokerAddrTable().values();
            for (var broker : brokers) {
                api.createTopic(broker.selectBrokerAddr(), "TBW102", config, 5_000);
            }
            return !brokers.isEmpty();
        });
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> !api.getTopicRouteInfoFromNameServer(
                        topic, 5_000)
                .getQueueDatas()
                .isEmpty());
    }

    @SuppressWarnings("deprecation")
    void createUser(String broker, String user, String password) {
        var api = producer.getDefaultMQProducerImpl().getMqClientFactory().getMQClientAPIImpl();
        try {
            api.createUser(broker, UserInfo.of(user, password, "Super"), 5_000);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("deprecation")
    void deleteUser(String broker, String user) {
        var api = producer.getDefaultMQProducerImpl().getMqClientFactory().getMQClientAPIImpl();
        try {
            api.deleteUser(broker, user, 5_000);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The names of those that the name server knows. */
    @SuppressWarnings("deprecation")
    public Set<String> brokers() {
        try {
            return Set.copyOf(producer.getDefaultMQProducerImpl()
                    .getMqClientFactory()
                    .getMQClientAPIImpl()
                    .getBrokerClusterInfo(5_000)
                    .getBrokerAddrTable()
                    .keySet());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public void send(String topic, String body) {
        try {
            producer.send(new Message(topic, body.getBytes(StandardCharsets.UTF_8)), 5_000);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public void send(String topic, String body, String tag) {
        send(new Message(topic, tag, body.getBytes(StandardCharsets.UTF_8)));
    }

    public void send(Message message) {
        try {
            producer.send(message, 5_000);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends messages of one topic as a native batch. The broker looks at the properties of none of them. */
    public void send(List<Message> batch) {
        try {
            producer.send(batch, 5_000);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends to one queue of one broker. */
    public void send(MessageQueue queue, String body) {
        try {
            knowBrokersOf(queue.getTopic());
            producer.send(new Message(queue.getTopic(), body.getBytes(StandardCharsets.UTF_8)), queue, 5_000);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Sends bytes and a system flag that the client would not put together.
     *
     * @param sysFlag as in {@code MessageSysFlag}
     */
    @SuppressWarnings("deprecation")
    public void sendRaw(MessageQueue queue, byte[] body, int sysFlag) {
        var message = new Message(queue.getTopic(), body);
        MessageClientIDSetter.setUniqID(message);
        var header = new SendMessageRequestHeader();
        header.setProducerGroup(producer.getProducerGroup());
        header.setTopic(queue.getTopic());
        header.setDefaultTopic("TBW102");
        header.setDefaultTopicQueueNums(4);
        header.setQueueId(queue.getQueueId());
        header.setSysFlag(sysFlag);
        header.setBornTimestamp(System.currentTimeMillis());
        header.setFlag(0);
        header.setProperties(MessageDecoder.messageProperties2String(message.getProperties()));
        header.setReconsumeTimes(0);
        header.setUnitMode(false);
        header.setBatch(false);
        header.setBrokerName(queue.getBrokerName());
        try {
            var client = knowBrokersOf(queue.getTopic());
            client.getMQClientAPIImpl()
                    .sendMessage(
                            client.findBrokerAddressInPublish(queue.getBrokerName()),
                            queue.getBrokerName(),
                            message,
                            header,
                            5_000,
                            CommunicationMode.SYNC,
                            null,
                            producer.getDefaultMQProducerImpl());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** By itself the client asks for a topic's brokers every half minute. */
    @SuppressWarnings("deprecation")
    private MQClientInstance knowBrokersOf(String topic) {
        var client = producer.getDefaultMQProducerImpl().getMqClientFactory();
        client.updateTopicRouteInfoFromNameServer(topic);
        return client;
    }

    public long count(String topic) {
        return queues(topic).stream()
                .mapToLong(queue -> maxOffset(queue) - minOffset(queue))
                .sum();
    }

    /** How many messages the topic has ever had, deleted ones too. */
    public long appended(String topic) {
        return queues(topic).stream().mapToLong(this::maxOffset).sum();
    }

    @SuppressWarnings("deprecation")
    public List<Stored> stored(String topic) {
        var stored = new ArrayList<Stored>();
        forEachStored(topic, stored::add);
        return stored;
    }

    /** What one broker has of the topic; the others need not answer. */
    public List<Stored> storedOn(String topic, String brokerName) {
        var stored = new ArrayList<Stored>();
        forEachStored(topic, queue -> queue.getBrokerName().equals(brokerName), stored::add);
        return stored;
    }

    /** As {@link #stored}, for topics that are larger than the memory. */
    public void forEachStored(String topic, Consumer<Stored> reader) {
        forEachStored(topic, queue -> true, reader);
    }

    private void forEachStored(String topic, Predicate<MessageQueue> which, Consumer<Stored> reader) {
        try {
            for (var queue : queues(topic).stream().filter(which).toList()) {
                long end = maxOffset(queue);
                for (long offset = minOffset(queue); offset < end; ) {
                    var result = consumer.pull(queue, "*", offset, 32, 5_000);
                    offset = result.getNextBeginOffset();
                    if (result.getMsgFoundList() != null) {
                        result.getMsgFoundList().stream().map(Stored::of).forEach(reader);
                    }
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("topic not read", e);
        }
    }

    /** Where the topic can be published to, as the client knows; empty if nowhere. */
    public Set<MessageQueue> queues(String topic) {
        try {
            return Set.copyOf(producer.fetchPublishMessageQueues(topic));
        } catch (MQClientException e) {
            return Set.of();
        }
    }

    @SuppressWarnings("deprecation")
    private long maxOffset(MessageQueue queue) {
        try {
            return producer.maxOffset(queue);
        } catch (MQClientException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("deprecation")
    private long minOffset(MessageQueue queue) {
        try {
            return producer.minOffset(queue);
        } catch (MQClientException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.shutdown();
        consumer.shutdown();
    }
}
