package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PendingReply;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.rocketmq.EncodedBatch;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.client.ClientShutdown;
import dev.rocketgateway.rocketmq.client.ControlThreads;
import dev.rocketgateway.rocketmq.client.ProducerInternals;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.quarkus.netty.MainEventLoopGroup;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.remoting.exception.RemotingException;

/**
 * Publishes with one producer of the RocketMQ client. Thread-safe; never blocks the caller.
 *
 * <pre>
 * mode                 | thread that calls the client
 * ---------------------|-----------------------------------------------------------------
 * sync, async, request | the caller's, or a virtual one if the client may have to wait
 * oneway               | a virtual one, because the client may have to connect first
 * </pre>
 * On Java 17, platform threads take the place of virtual ones. No thread waits for the broker. The returned stages complete on an
 * event loop.
 */
@Singleton
public class RocketMqPublisher implements MessagePublisher {

    /**
     * Maximum size of a batch in bytes. It is well under the 4 MiB that a broker takes by default; larger batches would not be
     * faster.
     */
    private static final int MAX_BATCH_SIZE = 1 << 20;

    private final RocketMqConfig config;
    private final TopicQueues queues;
    private final EventLoopGroup eventLoops;
    private final DefaultMQProducer producer;
    private final OnewayMessages oneway;
    private final RetryPolicy sync;
    private final RetryPolicy async;
    private final ProducerCalls calls;
    private final ProducerRequests requests;
    private final WrittenRequests written = new WrittenRequests();

    RocketMqPublisher(
            RocketMqClients clients,
            RocketMqConfig config,
            TopicQueues queues,
            BrokerHealth health,
            ControlThreads control,
            @MainEventLoopGroup EventLoopGroup eventLoops,
            @VirtualThreads ExecutorService blocking) {
        this.config = config;
        this.queues = queues;
        this.eventLoops = eventLoops;
        this.producer = clients.newProducer();
        this.oneway = new OnewayMessages(producer, config.onewayWindow().asLongValue(), config.sendTimeout(), control);
        this.sync = RetryPolicy.sync(config.retries().sync(), producer.getRetryResponseCodes());
        this.async = RetryPolicy.async(config.retries().async());
        var choice = new QueueChoice(health);
        this.calls = new ProducerCalls(
                config,
                queues,
                blocking,
                new SendTries(
                        producer,
                        health,
                        choice,
                        broker -> ProducerInternals.hasAddressOf(producer, broker),
                        eventLoops,
                        blocking),
                choice,
                oneway,
                written);
        this.requests = new ProducerRequests(producer, calls, async, blocking);
    }

    /** Starts the client, even if no broker is available. Call it once, before anything is published. */
    public void start() {
        try {
            producer.start();
        } catch (MQClientException e) {
            throw new IllegalStateException("the RocketMQ producer did not start", e);
        }
        // Event loops also write the HTTP responses. The client's own network threads are not suitable: a retry on them
        // would use the connection that is just being closed.
        producer.setCallbackExecutor(eventLoops);
        producer.setAsyncSenderExecutor(ImmediateEventExecutor.INSTANCE);
        ProducerInternals.instanceOf(producer)
                .getMQClientAPIImpl()
                .getRemotingClient()
                .registerRPCHook(written);
        if (producer.getTraceDispatcher() != null) {
            ProducerInternals.traceEachOfABatch(producer);
        }
        queues.introduceTopicsTo(topic -> ProducerInternals.lookUp(producer, topic));
    }

    /** Closes the client's connections. Callers get no result for sends that are still unanswered. Returns within the limit. */
    public void stop(Duration limit) {
        oneway.close();
        ClientShutdown.within(limit, "the producer", ProducerInternals.instanceOf(producer), producer::shutdown);
    }

    @Override
    public String nextMessageId() {
        return MessageClientIDSetter.createUniqID();
    }

    @Override
    public Set<String> reservedProperties() {
        return RocketMqMessages.RESERVED_PROPERTIES;
    }

    @Override
    public Duration defaultTimeout() {
        return config.sendTimeout();
    }

    @Override
    public int maxBatchSize() {
        return (int) Math.min(MAX_BATCH_SIZE, config.maxMessageSize().asLongValue());
    }

    @Override
    public int batchSize(OutgoingMessage message) {
        return RocketMqMessages.batchSize(message);
    }

    @Override
    public CompletionStage<SendReceipt> send(OutgoingMessage message, Duration timeout) {
        return calls.send(message, () -> toWire(message), sync, timeout).thenApply(RocketMqMessages::toReceipt);
    }

    @Override
    public CompletionStage<SendReceipt> sendAsync(OutgoingMessage message, Duration timeout) {
        return calls.send(message, () -> toWire(message), async, timeout).thenApply(RocketMqMessages::toReceipt);
    }

    @Override
    public CompletionStage<Void> sendOneway(OutgoingMessage message, Duration timeout) {
        return calls.oneway(message, () -> toWire(message));
    }

    @Override
    public PendingReply request(OutgoingMessage message, Duration timeout) {
        return requests.request(message, () -> toWire(message), timeout);
    }

    @Override
    public CompletionStage<List<SendReceipt>> sendBatch(
            List<OutgoingMessage> messages, SendMode mode, Duration timeout) {
        var first = messages.get(0);
        Supplier<Message> wire = () -> EncodedBatch.of(messages);
        return switch (mode) {
            case SYNC -> receipts(first, wire, sync, timeout, messages);
            case ASYNC -> receipts(first, wire, async, timeout, messages);
            case ONEWAY -> calls.oneway(first, wire).thenApply(handedOver -> List.of());
        };
    }

    private CompletionStage<List<SendReceipt>> receipts(
            OutgoingMessage first,
            Supplier<Message> wire,
            RetryPolicy policy,
            Duration timeout,
            List<OutgoingMessage> messages) {
        return calls.send(first, wire, policy, timeout)
                .thenApply(result -> RocketMqMessages.toReceipts(result, messages));
    }

    /**
     * Sends a message to a topic of RocketMQ itself, such as a retry topic, and waits. Uses the named broker if it has the topic,
     * and any other broker of the topic if not.
     */
    public SendResult sendAsItIs(Message message, String brokerName)
            throws MQClientException, RemotingException, MQBrokerException, InterruptedException {
        return producer.send(
                message,
                (queues, sent, broker) -> {
                    var there = queues.stream()
                            .filter(queue -> queue.getBrokerName().equals(broker))
                            .toList();
                    var from = there.isEmpty() ? queues : there;
                    return from.get(ThreadLocalRandom.current().nextInt(from.size()));
                },
                brokerName,
                config.sendTimeout().toMillis());
    }

    private Message toWire(OutgoingMessage message) {
        return RocketMqMessages.toWire(message, config.accessChannel());
    }
}
