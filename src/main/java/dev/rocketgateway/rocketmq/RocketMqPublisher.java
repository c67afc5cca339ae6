package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendReceipt;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.rocketmq.client.common.ClientErrorCode;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * Publishes with one producer of the RocketMQ client. Thread-safe; never blocks the caller.
 *
 * <pre>
 * mode   | thread that calls the client | waits for the broker
 * -------|------------------------------|---------------------
 * sync   | virtual (platform on 17)     | that thread
 * async  | the caller's                 | nobody
 * oneway | virtual (platform on 17)     | nobody; it may have to connect first
 * </pre>
 */
@ApplicationScoped
public class RocketMqPublisher implements MessagePublisher {

    private final RocketMqConfig config;
    private final TopicQueues queues;
    private final ExecutorService blocking;
    private final DefaultMQProducer producer;
    private final OnewayMessages oneway;
    private final WrittenRequests written = new WrittenRequests();

    RocketMqPublisher(
            RocketMqClients clients,
            RocketMqConfig config,
            TopicQueues queues,
            ControlThreads control,
            @VirtualThreads ExecutorService blocking) {
        this.config = config;
        this.queues = queues;
        this.blocking = blocking;
        this.producer = clients.newProducer();
        this.oneway = new OnewayMessages(producer, config.onewayWindow().asLongValue(), config.sendTimeout(), control);
    }

    /** Starts the client; works without a broker. Once, before anything is published. */
    public void start() {
        try {
            producer.start();
        } catch (MQClientException e) {
            throw new IllegalStateException("the RocketMQ producer did not start", e);
        }
        ClientInternals.instanceOf(producer)
                .getMQClientAPIImpl()
                .getRemotingClient()
                .registerRPCHook(written);
    }

    /** Closes the client's connections; what is not answered by then is lost to its callers. Returns within the limit. */
    public void stop(Duration limit) {
        oneway.close();
        ClientShutdown.within(limit, "the producer", ClientInternals.instanceOf(producer), producer::shutdown);
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
    public CompletionStage<SendReceipt> send(OutgoingMessage message, Duration timeout) {
        return withRoute(message, to -> CompletableFuture.supplyAsync(() -> sendNow(message, to, timeout), blocking));
    }

    private SendReceipt sendNow(OutgoingMessage message, List<MessageQueue> queues, Duration timeout) {
        written.countOnThisThread();
        try {
            var wire = toWire(message);
            var queue = groupQueue(message, queues);
            var result = queue.isPresent()
                    ? producer.send(wire, queue.get(), clientTimeout(timeout))
                    : producer.send(wire, clientTimeout(timeout));
            written.countedOnThisThread();
            return RocketMqMessages.toReceipt(result);
        } catch (Exception e) {
            int tries = written.countedOnThisThread();
            var failure = translate(e, message);
            // A try before the last may have been stored, whatever became of the last.
            throw tries > 1 || (tries == 1 && neverReached(failure)) ? maybeStored(failure) : failure;
        }
    }

    @Override
    public CompletionStage<SendReceipt> sendAsync(OutgoingMessage message, Duration timeout) {
        long start = System.nanoTime();
        return withRoute(message, to -> {
            var receipt = new CompletableFuture<SendReceipt>();
            // The client swallows whatever a SendCallback throws, so both methods only complete the future.
            var callback = new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    receipt.complete(RocketMqMessages.toReceipt(result));
                }

                @Override
                public void onException(Throwable cause) {
                    receipt.completeExceptionally(translateAsync(cause, message, start));
                }
            };
            try {
                var wire = toWire(message);
                var queue = groupQueue(message, to);
                if (queue.isPresent()) {
                    producer.send(wire, queue.get(), callback, clientTimeout(timeout));
                } else {
                    producer.send(wire, callback, clientTimeout(timeout));
                }
            } catch (Exception e) {
                receipt.completeExceptionally(translateAsync(e, message, start));
            }
            return receipt;
        });
    }

    @Override
    public CompletionStage<Void> sendOneway(OutgoingMessage message, Duration timeout) {
        return withRoute(
                message,
                to -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                oneway.send(
                                        toWire(message),
                                        groupQueue(message, to).map(List::of).orElse(to));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                                throw new SendFailedException(Reason.UNAVAILABLE, null, false, e);
                            } catch (Exception e) {
                                throw RocketMqErrors.translate(e);
                            }
                        },
                        blocking));
    }

    private Message toWire(OutgoingMessage message) {
        return RocketMqMessages.toWire(message, config.accessChannel());
    }

    /** The one queue for a message of a group; the client chooses for all others, and again when it tries again. */
    private static Optional<MessageQueue> groupQueue(OutgoingMessage message, List<MessageQueue> queues) {
        return message.messageGroup().map(group -> GroupQueues.queueOf(group, queues));
    }

    /**
     * Sends to the queues the topic's messages may go to: its own or, where publishing may create the topic, those the broker
     * will give it. Whatever goes wrong comes as a {@link SendFailedException} in the stage.
     */
    private <T> CompletionStage<T> withRoute(
            OutgoingMessage message, Function<List<MessageQueue>, CompletionStage<T>> send) {
        try {
            return queues.of(message)
                    .thenCompose(send)
                    .exceptionallyCompose(e -> CompletableFuture.failedStage(RocketMqErrors.translate(e)));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(RocketMqErrors.translate(e));
        }
    }

    /**
     * Never less than the configured timeout: the client closes the connection on which a call timed out, and one impatient
     * caller must not cost the others theirs. The resource answers the caller in time all the same.
     */
    private long clientTimeout(Duration asked) {
        return Math.max(asked.toMillis(), config.sendTimeout().toMillis());
    }

    private SendFailedException translate(Throwable thrown, OutgoingMessage message) {
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return new SendFailedException(Reason.UNAVAILABLE, null, true, thrown);
        }
        var failure = RocketMqErrors.translate(thrown);
        if (Integer.valueOf(ResponseCode.TOPIC_NOT_EXIST).equals(failure.brokerCode())) {
            queues.forget(message.topic().value());
        }
        return failure;
    }

    /** An asynchronous send has its tries on other threads, so what others wrote meanwhile counts too: better too careful. */
    private SendFailedException translateAsync(Throwable thrown, OutgoingMessage message, long start) {
        var failure = translate(thrown, message);
        return neverReached(failure) && written.since(start) ? maybeStored(failure) : failure;
    }

    /** Whether the last try found no broker to refuse it. */
    private static boolean neverReached(SendFailedException failure) {
        var code = failure.brokerCode();
        return failure.reason() == Reason.UNAVAILABLE
                && (code == null || code >= ClientErrorCode.CONNECT_BROKER_EXCEPTION);
    }

    private static SendFailedException maybeStored(SendFailedException failure) {
        return new SendFailedException(failure.reason(), failure.brokerCode(), true, failure.getCause());
    }
}
