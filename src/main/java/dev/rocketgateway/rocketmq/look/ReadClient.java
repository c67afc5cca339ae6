package dev.rocketgateway.rocketmq.look;

import dev.rocketgateway.look.LookConfig;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.client.ClientShutdown;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.client.ProducerInternals;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.consumer.PullCallback;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.CommunicationMode;
import org.apache.rocketmq.client.impl.MQClientAPIImpl;
import org.apache.rocketmq.client.impl.consumer.PullResultExt;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.sysflag.PullSysFlag;
import org.apache.rocketmq.remoting.protocol.header.PullMessageRequestHeader;

/**
 * Reads messages by their offset, over its own connections. The client uses the name of a group that every broker has. It is not a
 * member of the group and commits no offset, so it does not affect consumers. Thread-safe; never blocks.
 */
@ApplicationScoped
class ReadClient {

    private final DefaultMQProducer client;
    private final RocketMqAdmin admin;
    private final CompressedBodies bodies;
    private final String group;

    ReadClient(RocketMqClients clients, RocketMqAdmin admin, CompressedBodies bodies, LookConfig config) {
        this.admin = admin;
        this.bodies = bodies;
        this.group = admin.inNamespace(config.consumerGroup());
        this.client = clients.newReader();
        try {
            client.start();
        } catch (MQClientException e) {
            throw new IllegalStateException("the RocketMQ client for reading did not start", e);
        }
    }

    MQClientAPIImpl api() {
        return ProducerInternals.instanceOf(client).getMQClientAPIImpl();
    }

    @PreDestroy
    void stop() {
        ClientShutdown.within(
                admin.timeout(), "the client for reading", ProducerInternals.instanceOf(client), client::shutdown);
    }

    /**
     * A read of one queue.
     *
     * @param expression a tag filter or an SQL condition
     * @param hold how long the broker waits for a message at the end of the queue; zero for no wait
     */
    record Read(
            MessageQueue queue, String address, long offset, int limit, boolean sql, String expression, Duration hold) {

        Read(MessageQueue queue, String address, long offset, int limit) {
            this(queue, address, offset, limit, false, "*", Duration.ZERO);
        }
    }

    /** Sends the read to the broker. The future completes on a thread of the client, so its dependents must not block. */
    CompletableFuture<PullResult> read(Read read) {
        var header = new PullMessageRequestHeader();
        header.setConsumerGroup(group);
        header.setTopic(admin.inNamespace(read.queue().getTopic()));
        header.setQueueId(read.queue().getQueueId());
        header.setBrokerName(read.queue().getBrokerName());
        header.setQueueOffset(read.offset());
        header.setMaxMsgNums(read.limit());
        header.setSysFlag(PullSysFlag.buildSysFlag(false, !read.hold().isZero(), true, false));
        header.setCommitOffset(0L);
        header.setSuspendTimeoutMillis(read.hold().toMillis());
        header.setSubscription(read.expression());
        header.setSubVersion(0L);
        header.setExpressionType(read.sql() ? "SQL92" : "TAG");
        var answer = new CompletableFuture<PullResult>();
        try {
            api().pullMessage(
                            read.address(),
                            header,
                            admin.timeout().plus(read.hold()).toMillis(),
                            CommunicationMode.ASYNC,
                            new PullCallback() {
                                @Override
                                public void onSuccess(PullResult result) {
                                    answer.complete(result);
                                }

                                @Override
                                public void onException(Throwable cause) {
                                    answer.completeExceptionally(cause);
                                }
                            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(e);
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    /** The messages of an answer. Their bodies are decompressed, if possible. */
    List<MessageExt> messages(PullResult result, String brokerName) {
        var found = result instanceof PullResultExt read ? read.getMessageBinary() : null;
        return found == null ? List.of() : messages(found, brokerName);
    }

    /** The messages in the body of an answer. Their bodies are decompressed, if possible. */
    List<MessageExt> messages(byte[] body, String brokerName) {
        var messages = MessageDecoder.decodesBatch(ByteBuffer.wrap(body), true, false, true);
        for (var message : messages) {
            message.setBrokerName(brokerName);
            message.setTopic(admin.withoutNamespace(message.getTopic()));
            bodies.decompress(message);
        }
        return messages;
    }
}
