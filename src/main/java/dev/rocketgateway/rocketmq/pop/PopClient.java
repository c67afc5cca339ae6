package dev.rocketgateway.rocketmq.pop;

import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.client.ClientShutdown;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.consumer.NotifyResult;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.impl.mqclient.MQClientAPIExt;
import org.apache.rocketmq.common.constant.ConsumeInitMode;
import org.apache.rocketmq.common.filter.ExpressionType;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.exception.RemotingCommandException;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.header.AckMessageRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.ChangeInvisibleTimeRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.ChangeInvisibleTimeResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.ConsumerSendMsgBackRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.NotificationRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.PopMessageRequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * Sends POP requests, each to one broker. A message that POP returns has a lease: the broker hides the message until the lease ends or
 * the message is acknowledged. Any process can acknowledge the message or extend its lease.
 *
 * <p>No method blocks. A future completes on a thread of the client, so its dependents must not block. A future fails with
 * {@link MQBrokerException} if the broker refuses, and with {@code RemotingException} if the broker does not answer. Thread-safe.
 */
@ApplicationScoped
public class PopClient {

    /** Selects all queues of the topic on a broker, and the retry topic of the group. */
    public static final int ALL_QUEUES = -1;

    /** The maximum number of messages that a broker returns for one POP. */
    public static final int MAX_MESSAGES = 32;

    /** The level that makes the broker move a message to the dead letters of the group. */
    private static final int DEAD_LETTER_LEVEL = -1;

    /** Makes the broker use its own clock. A time of the gateway's clock could be too early or too late for the broker. */
    private static final long CLOCK_OF_THE_BROKER = 0;

    /** A POP without a message returns at once. NOTIFICATION is used to wait, because it hides no message if the caller has gone. */
    private static final long NO_WAIT = 0;

    /** Time to wait for the answer to a NOTIFICATION after the broker's own time limit. */
    private static final long FOR_THE_ANSWER_MILLIS = 5_000;

    private final MQClientAPIExt api;
    private final RocketMqAdmin admin;
    private final CompressedBodies bodies;
    private final long timeoutMillis;

    PopClient(RocketMqClients clients, RocketMqAdmin admin, CompressedBodies bodies, RocketMqConfig config) {
        this.api = clients.newPopApi();
        this.admin = admin;
        this.bodies = bodies;
        this.timeoutMillis = config.sendTimeout().toMillis();
        api.start();
    }

    @PreDestroy
    void stop() {
        ClientShutdown.within(admin.timeout(), "the client for leases", api, api::shutdown);
    }

    /** A broker: its name, and the address of its master. */
    public record Broker(String name, String address) {}

    /**
     * What to take.
     *
     * @param queueId a queue, or {@link #ALL_QUEUES}
     * @param ordered whether the broker hands out the messages of a queue in order: a queue with a leased message is held
     */
    public record Selection(ConsumerGroup group, TopicName topic, Filter filter, int queueId, boolean ordered) {}

    /** Whether messages have arrived. */
    public enum Arrival {
        SOME,
        NONE,
        /** The broker answered at once, because it already has too many waiting calls. */
        REFUSED
    }

    /**
     * Takes messages. Each has its checkpoint as the property {@code POP_CK}.
     *
     * @param max 1 to {@link #MAX_MESSAGES}
     * @param visibility length of the lease
     * @param attemptId ordered only: a call with the id of an earlier call gets the same messages again; null for a new id
     * @return empty if there are none
     */
    public CompletableFuture<List<MessageExt>> take(
            Broker broker, Selection from, int max, Duration visibility, @Nullable String attemptId) {
        var header = new PopMessageRequestHeader();
        header.setConsumerGroup(admin.inNamespace(from.group().value()));
        header.setTopic(admin.inNamespace(from.topic().value()));
        header.setQueueId(from.queueId());
        header.setMaxMsgNums(max);
        header.setInvisibleTime(visibility.toMillis());
        header.setPollTime(NO_WAIT);
        header.setBornTime(CLOCK_OF_THE_BROKER);
        // GroupSetup has set a position in every queue, so this mode applies only to a newer queue.
        header.setInitMode(ConsumeInitMode.MIN);
        header.setExpType(type(from.filter()));
        header.setExp(from.filter().expression());
        header.setOrder(from.ordered());
        header.setBrokerName(broker.name());
        if (attemptId != null) {
            header.setAttemptId(attemptId);
        }
        return api.invoke(
                        broker.address(),
                        RemotingCommand.createRequestCommand(RequestCode.POP_MESSAGE, header),
                        timeoutMillis)
                .thenCompose(response -> taken(response, broker));
    }

    private CompletableFuture<List<MessageExt>> taken(RemotingCommand response, Broker broker) {
        try {
            var found = TakenMessages.read(response, broker);
            found.forEach(bodies::decompress);
            return CompletableFuture.completedFuture(found);
        } catch (MQBrokerException | RemotingCommandException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Waits until the broker has a message to take, at most for the given time. Takes nothing. */
    public CompletableFuture<Arrival> await(Broker broker, Selection from, Duration wait) {
        var header = new NotificationRequestHeader();
        header.setConsumerGroup(admin.inNamespace(from.group().value()));
        header.setTopic(admin.inNamespace(from.topic().value()));
        header.setQueueId(from.queueId());
        header.setPollTime(wait.toMillis());
        header.setBornTime(CLOCK_OF_THE_BROKER);
        header.setOrder(from.ordered());
        header.setExpType(type(from.filter()));
        header.setExp(from.filter().expression());
        header.setBrokerName(broker.name());
        return api.notificationWithPollingStats(broker.address(), header, wait.toMillis() + FOR_THE_ANSWER_MILLIS)
                .thenApply(PopClient::arrival);
    }

    private static Arrival arrival(NotifyResult result) {
        if (result.isHasMsg()) {
            return Arrival.SOME;
        }
        return result.isPollingFull() ? Arrival.REFUSED : Arrival.NONE;
    }

    /**
     * Acknowledges one message. The broker also confirms a checkpoint that has expired or was acknowledged before. A call has only one
     * message, because the broker would answer a call with several messages with one confirmation and no results.
     */
    public CompletableFuture<Void> acknowledge(
            Broker broker, ConsumerGroup group, TopicName topic, Checkpoint checkpoint) {
        var header = new AckMessageRequestHeader();
        header.setConsumerGroup(admin.inNamespace(group.value()));
        header.setTopic(realTopic(group, topic, checkpoint));
        header.setQueueId(checkpoint.queueId());
        header.setOffset(checkpoint.offset());
        header.setExtraInfo(checkpoint.text());
        header.setBrokerName(broker.name());
        return call(broker, RemotingCommand.createRequestCommand(RequestCode.ACK_MESSAGE, header))
                .thenAccept(done -> {});
    }

    /**
     * Makes the lease end in the given time from now. Then the old checkpoint is no longer valid, unless the message is ordered. If a
     * message is not ordered, two calls for one checkpoint make two copies of the message.
     *
     * @param visibility zero or more; with zero, the message comes again as soon as the broker can
     * @return the new checkpoint
     */
    public CompletableFuture<Checkpoint> extend(
            Broker broker, ConsumerGroup group, TopicName topic, Checkpoint checkpoint, Duration visibility) {
        var header = new ChangeInvisibleTimeRequestHeader();
        header.setConsumerGroup(admin.inNamespace(group.value()));
        header.setTopic(realTopic(group, topic, checkpoint));
        header.setQueueId(checkpoint.queueId());
        header.setOffset(checkpoint.offset());
        header.setExtraInfo(checkpoint.text());
        header.setInvisibleTime(visibility.toMillis());
        header.setBrokerName(broker.name());
        return call(broker, RemotingCommand.createRequestCommand(RequestCode.CHANGE_MESSAGE_INVISIBLETIME, header))
                .thenCompose(response -> extended(checkpoint, response));
    }

    private static CompletableFuture<Checkpoint> extended(Checkpoint checkpoint, RemotingCommand response) {
        try {
            var header = response.decodeCommandCustomHeader(ChangeInvisibleTimeResponseHeader.class);
            return CompletableFuture.completedFuture(checkpoint.renewed(header));
        } catch (RemotingCommandException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Moves a message to the dead letters of its group. The message stays leased: acknowledge it afterwards.
     *
     * @param message the copy that was taken, because the broker finds it by its offset in the commit log
     */
    public CompletableFuture<Void> deadLetter(Broker broker, ConsumerGroup group, TopicName topic, MessageExt message) {
        var header = new ConsumerSendMsgBackRequestHeader();
        header.setGroup(admin.inNamespace(group.value()));
        header.setOffset(message.getCommitLogOffset());
        header.setDelayLevel(DEAD_LETTER_LEVEL);
        header.setOriginTopic(admin.inNamespace(topic.value()));
        header.setOriginMsgId(message.getMsgId());
        header.setMaxReconsumeTimes(0);
        header.setUnitMode(false);
        header.setBrokerName(broker.name());
        return call(broker, RemotingCommand.createRequestCommand(RequestCode.CONSUMER_SEND_MSG_BACK, header))
                .thenAccept(done -> {});
    }

    /** Sends a request and returns the whole response. The client's own methods hide the response code. */
    CompletableFuture<RemotingCommand> call(Broker broker, RemotingCommand request) {
        return api.invoke(broker.address(), request, timeoutMillis).thenCompose(response -> {
            if (response.getCode() == ResponseCode.SUCCESS) {
                return CompletableFuture.completedFuture(response);
            }
            return CompletableFuture.failedFuture(
                    new MQBrokerException(response.getCode(), response.getRemark(), broker.address()));
        });
    }

    private String realTopic(ConsumerGroup group, TopicName topic, Checkpoint checkpoint) {
        return checkpoint.realTopic(admin.inNamespace(topic.value()), admin.inNamespace(group.value()));
    }

    private static String type(Filter filter) {
        return filter.sql() ? ExpressionType.SQL92 : ExpressionType.TAG;
    }
}
