package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.rocketmq.client.common.ClientErrorCode;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * Calls of one producer: the route before, the translation of what went wrong after. Thread-safe; never blocks the caller.
 *
 * <p>Every method takes the message, or the first of those that are sent together, and a maker of what is sent, which is asked
 * where it is sent because encoding a batch takes its time. Stages fail with {@link SendFailedException}.
 */
final class ProducerCalls {

    private final RocketMqConfig config;
    private final TopicQueues queues;
    private final ExecutorService blocking;
    private final DefaultMQProducer producer;
    private final OnewayMessages onewayMessages;
    private final WrittenRequests written;

    ProducerCalls(
            RocketMqConfig config,
            TopicQueues queues,
            ExecutorService blocking,
            DefaultMQProducer producer,
            OnewayMessages onewayMessages,
            WrittenRequests written) {
        this.config = config;
        this.queues = queues;
        this.blocking = blocking;
        this.producer = producer;
        this.onewayMessages = onewayMessages;
        this.written = written;
    }

    CompletionStage<SendResult> sync(OutgoingMessage message, Supplier<Message> wire, Duration timeout) {
        return withRoute(
                message,
                to -> CompletableFuture.supplyAsync(() -> sendNow(message, wire.get(), to, timeout), blocking));
    }

    private SendResult sendNow(OutgoingMessage message, Message wire, List<MessageQueue> queues, Duration timeout) {
        written.watchThisThread();
        try {
            var queue = groupQueue(message, queues);
            var result = queue.isPresent()
                    ? producer.send(wire, queue.get(), clientTimeout(timeout))
                    : producer.send(wire, clientTimeout(timeout));
            written.isOneUnanswered();
            return result;
        } catch (Exception e) {
            boolean unanswered = written.isOneUnanswered();
            var failure = translate(e, message);
            // A try before the last may have been stored, whatever became of the last.
            throw unanswered ? maybeStored(failure) : failure;
        }
    }

    CompletionStage<SendResult> async(OutgoingMessage message, Supplier<Message> wire, Duration timeout) {
        long start = System.nanoTime();
        return withRoute(message, to -> {
            var sent = new CompletableFuture<SendResult>();
            // The client swallows whatever a SendCallback throws, so both methods only complete the future.
            var callback = new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    sent.complete(result);
                }

                @Override
                public void onException(Throwable cause) {
                    sent.completeExceptionally(translateAsync(cause, message, start));
                }
            };
            try {
                var queue = groupQueue(message, to);
                if (queue.isPresent()) {
                    producer.send(wire.get(), queue.get(), callback, clientTimeout(timeout));
                } else {
                    producer.send(wire.get(), callback, clientTimeout(timeout));
                }
            } catch (Exception e) {
                sent.completeExceptionally(translateAsync(e, message, start));
            }
            return sent;
        });
    }

    CompletionStage<Void> oneway(OutgoingMessage message, Supplier<Message> wire) {
        return withRoute(
                message,
                to -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                onewayMessages.send(
                                        wire.get(),
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

    /** The one queue for a message of a group; the client chooses for all others, and again when it tries again. */
    private static Optional<MessageQueue> groupQueue(OutgoingMessage message, List<MessageQueue> queues) {
        return message.messageGroup().map(group -> GroupQueues.queueOf(group, queues));
    }

    /**
     * Sends to the queues the topic's messages may go to: its own or, where publishing may create the topic, those the broker
     * will give it. Whatever goes wrong comes as a {@link SendFailedException} in the stage.
     */
    <T> CompletionStage<T> withRoute(OutgoingMessage message, Function<List<MessageQueue>, CompletionStage<T>> send) {
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
    long clientTimeout(Duration asked) {
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
