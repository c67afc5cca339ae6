package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.RocketMqErrors;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * Wraps the calls of one producer: looks up the route before a call, and translates the failure after it. Thread-safe; never blocks
 * the caller.
 *
 * <p>Every method takes the message, or the first of a batch, and a supplier of the encoded message. The supplier runs on the
 * sending thread, because encoding a batch takes time. Stages fail with {@link SendFailedException}.
 */
final class ProducerCalls {

    private final RocketMqConfig config;
    private final TopicQueues queues;
    private final ExecutorService blocking;
    private final SendTries tries;
    private final QueueChoice choice;
    private final OnewayMessages onewayMessages;
    private final WrittenRequests written;

    ProducerCalls(
            RocketMqConfig config,
            TopicQueues queues,
            ExecutorService blocking,
            SendTries tries,
            QueueChoice choice,
            OnewayMessages onewayMessages,
            WrittenRequests written) {
        this.config = config;
        this.queues = queues;
        this.blocking = blocking;
        this.tries = tries;
        this.choice = choice;
        this.onewayMessages = onewayMessages;
        this.written = written;
    }

    CompletionStage<SendResult> send(
            OutgoingMessage message, Supplier<Message> wire, RetryPolicy policy, Duration timeout) {
        return withRoute(message, to -> {
            var encoded = wire.get();
            var send = new AsyncSend(
                    encoded.getBody(), written, (thrown, unanswered) -> translate(thrown, message, unanswered));
            long clientTimeout = clientTimeout(timeout);
            tries.send(encoded, queuesFor(message, to), policy, send, clientTimeout);
            return send.outcome(Duration.ofMillis(clientTimeout));
        });
    }

    CompletionStage<Void> oneway(OutgoingMessage message, Supplier<Message> wire) {
        return withRoute(
                message,
                to -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                onewayMessages.send(wire.get(), choice.preferred(queuesFor(message, to)));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                                throw new SendFailedException(Reason.UNAVAILABLE, null, false, e);
                            } catch (Exception e) {
                                throw RocketMqErrors.translate(e);
                            }
                        },
                        blocking));
    }

    /** The single queue of a message with a group; all queues for other messages. */
    private static List<MessageQueue> queuesFor(OutgoingMessage message, List<MessageQueue> queues) {
        return message.messageGroup()
                .map(group -> List.of(MessageGroupHash.queueOf(group, queues)))
                .orElse(queues);
    }

    /**
     * Sends to the queues of the topic or, if publishing may create the topic, to the queues that it will get. Every failure
     * completes the stage with a {@link SendFailedException}.
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
     * The timeout for the client: the caller's timeout, or the configured timeout if that is longer. The client closes a connection
     * on which a call timed out, and a short timeout of one caller must not fail the sends of others. The caller still gets its
     * response in time.
     */
    long clientTimeout(Duration asked) {
        return Math.max(asked.toMillis(), config.sendTimeout().toMillis());
    }

    /**
     * Translates the failure of a send.
     *
     * @param unanswered whether a request of an earlier try was written but not answered; then the message may be stored even if
     *     the last try failed for another reason
     */
    private SendFailedException translate(Throwable thrown, OutgoingMessage message, boolean unanswered) {
        var failure = RocketMqErrors.translate(thrown);
        if (Integer.valueOf(ResponseCode.TOPIC_NOT_EXIST).equals(failure.brokerCode())) {
            queues.forget(message.topic().value());
        }
        return unanswered
                ? new SendFailedException(failure.reason(), failure.brokerCode(), true, failure.getCause())
                : failure;
    }
}
