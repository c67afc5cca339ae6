package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.PendingReply;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.rocketmq.client.exception.RequestTimeoutException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.RequestCallback;
import org.apache.rocketmq.common.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one producer, which wait for a reply. Thread-safe; never blocks the caller.
 *
 * <p>The client calls back twice: without a reply when the broker has stored the request
 * ({@code DefaultMQProducerImpl.request}), and with it when it comes ({@code ClientRemotingProcessor.processReplyMessage}). The reply
 * can come first. Before a topic's first request it sends its heartbeat and waits for it, hence the other thread.
 */
final class ProducerRequests {

    private final DefaultMQProducer producer;
    private final ProducerCalls calls;
    private final ExecutorService blocking;

    ProducerRequests(DefaultMQProducer producer, ProducerCalls calls, ExecutorService blocking) {
        this.producer = producer;
        this.calls = calls;
        this.blocking = blocking;
    }

    PendingReply request(OutgoingMessage message, Supplier<Message> wire, Duration timeout) {
        var call = new Call(message, System.nanoTime());
        calls.withRoute(
                        message,
                        queues -> CompletableFuture.runAsync(
                                () -> {
                                    try {
                                        long limit = calls.clientTimeout(timeout);
                                        var queue = ProducerCalls.groupQueue(message, queues);
                                        if (queue.isPresent()) {
                                            producer.request(wire.get(), queue.get(), call, limit);
                                        } else {
                                            producer.request(wire.get(), call, limit);
                                        }
                                    } catch (Exception e) {
                                        call.onException(e);
                                    }
                                },
                                blocking))
                .whenComplete((asked, failure) -> {
                    if (failure != null) {
                        call.onException(failure);
                    }
                });
        return new PendingReply(call.stored, call.reply.thenApply(RocketMqMessages::toReply));
    }

    /** What comes back for one request. The client swallows whatever it throws, so it only completes the futures. */
    private final class Call implements RequestCallback {

        private final OutgoingMessage message;
        private final long start;
        private final CompletableFuture<Void> stored = new CompletableFuture<>();
        private final CompletableFuture<Message> reply = new CompletableFuture<>();

        Call(OutgoingMessage message, long start) {
            this.message = message;
            this.start = start;
        }

        @Override
        public void onSuccess(@Nullable Message replied) {
            stored.complete(null);
            if (replied != null) {
                reply.complete(replied);
            }
        }

        @Override
        public void onException(@Nullable Throwable thrown) {
            var failure = thrown instanceof RequestTimeoutException
                    ? new SendFailedException(Reason.TIMEOUT, null, true, thrown)
                    : calls.translateAsync(thrown, message, start);
            boolean unknown = stored.completeExceptionally(failure);
            reply.completeExceptionally(unknown ? failure : new SendFailedException(Reason.NO_REPLY));
        }
    }
}
