package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.PendingReply;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.RocketMqErrors;
import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.client.Namespaces;
import dev.rocketgateway.rocketmq.client.ProducerInternals;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.RequestCallback;
import org.apache.rocketmq.client.producer.RequestFutureHolder;
import org.apache.rocketmq.client.producer.RequestResponseFuture;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.utils.CorrelationIdUtil;

/**
 * Sends requests that wait for a reply, with one producer. Thread-safe; never blocks the caller.
 *
 * <p>Does the same as {@code DefaultMQProducer.request}, using its parts. That method returns no {@code SendResult}. It does not
 * report that the request is stored if the caller chooses the queue. It keeps a waiting request until its own timeout, even if the
 * caller has gone.
 */
final class ProducerRequests {

    private final DefaultMQProducer producer;
    private final ProducerCalls calls;
    private final RetryPolicy retries;
    private final ExecutorService blocking;
    private final Map<String, CompletableFuture<Void>> introductions = new ConcurrentHashMap<>();

    ProducerRequests(DefaultMQProducer producer, ProducerCalls calls, RetryPolicy retries, ExecutorService blocking) {
        this.producer = producer;
        this.calls = calls;
        this.retries = retries;
        this.blocking = blocking;
    }

    PendingReply request(OutgoingMessage message, Supplier<Message> wire, Duration timeout) {
        var id = CorrelationIdUtil.createCorrelationId();
        long limit = calls.clientTimeout(timeout);
        var waiting = new Waiting();
        var stored = introducedTo(message)
                .thenCompose(known -> {
                    waitingByCorrelationId().put(id, new RequestResponseFuture(id, limit, waiting));
                    return calls.send(message, () -> addressed(wire.get(), id, limit), retries, timeout);
                })
                .thenApply(RocketMqMessages::toReceipt);
        stored.whenComplete((receipt, failure) -> {
            if (failure != null) {
                forget(id);
                waiting.reply.completeExceptionally(RocketMqErrors.translate(failure));
            }
        });
        return new PendingReply(stored, waiting.reply.thenApply(RocketMqMessages::toReply), () -> forget(id));
    }

    /**
     * Before the first request to a topic, waits until all brokers of the topic have a heartbeat of the producer. A broker passes
     * replies only to producers whose heartbeat it has, and the client sends heartbeats on another thread when it connects.
     */
    private CompletionStage<Void> introducedTo(OutgoingMessage message) {
        var topic = message.topic().value();
        var known = introductions.get(topic);
        return known != null
                ? known
                : calls.withRoute(message, queues -> introductions.computeIfAbsent(topic, this::introduce));
    }

    private CompletableFuture<Void> introduce(String topic) {
        var introduction = CompletableFuture.runAsync(
                () -> {
                    var client = ProducerInternals.instanceOf(producer);
                    client.updateTopicRouteInfoFromNameServer(Namespaces.inNamespace(producer, topic));
                    client.sendHeartbeatToAllBrokerWithLock();
                },
                blocking);
        // On another thread, because the map must not change during its own computation.
        introduction.exceptionallyAsync(
                failure -> {
                    introductions.remove(topic);
                    return null;
                },
                blocking);
        return introduction;
    }

    private Message addressed(Message wire, String id, long limit) {
        MessageAccessor.putProperty(wire, MessageConst.PROPERTY_CORRELATION_ID, id);
        MessageAccessor.putProperty(
                wire,
                MessageConst.PROPERTY_MESSAGE_REPLY_TO_CLIENT,
                ProducerInternals.instanceOf(producer).getClientId());
        MessageAccessor.putProperty(wire, MessageConst.PROPERTY_MESSAGE_TTL, String.valueOf(limit));
        return wire;
    }

    private static void forget(String id) {
        waitingByCorrelationId().remove(id);
    }

    /**
     * The client's own map of waiting requests. The client looks up the request of each reply in this map, and looks for expired
     * requests once a second.
     */
    private static Map<String, RequestResponseFuture> waitingByCorrelationId() {
        return RequestFutureHolder.getInstance().getRequestFutureTable();
    }

    /** The client ignores exceptions of this callback, so it only completes the future. */
    private static final class Waiting implements RequestCallback {

        private final CompletableFuture<Message> reply = new CompletableFuture<>();

        @Override
        public void onSuccess(Message replied) {
            reply.complete(replied);
        }

        @Override
        public void onException(Throwable tooLate) {
            reply.completeExceptionally(new SendFailedException(Reason.NO_REPLY));
        }
    }
}
