package dev.rocketgateway.publish.send;

import dev.rocketgateway.message.MessageType;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends messages of several callers together while the broker is busy with earlier ones.
 *
 * <p>The remote call is most of the cost of a message. So while a few messages are in flight to a topic, new messages wait. They
 * are sent together when an earlier request returns. Otherwise a message is sent immediately and alone. The more messages arrive,
 * the more are sent together.
 *
 * <pre>
 *                        ┌ in flight ┐
 *   callers ─▶ [f g h] ─▶│ [b c d e] │─▶ broker      it returns: [f g h] is sent
 *              waiting   └           ┘               nothing returns for max-wait: it is sent too
 * </pre>
 * Each caller gets the receipt or the failure of its own message. Messages with a group or a schedule are sent immediately and
 * alone.
 *
 * <p>Thread-safe; never blocks. Created at startup, so that settings with which no message could be sent fail fast.
 */
@Startup
@Singleton
class Coalescing {

    private record Key(TopicName topic, SendMode mode) {}

    private final MessagePublisher publisher;
    private final BisectingSender sending;
    private final PublishConfig.Coalescing config;
    private final CoalescingMetrics metrics;
    private final Vertx vertx;
    private final Map<Key, TopicSendQueue> topics = new ConcurrentHashMap<>();

    /**
     * @throws ConfigurationException if nothing could be sent with the settings
     */
    Coalescing(
            MessagePublisher publisher,
            BisectingSender sending,
            PublishConfig config,
            CoalescingMetrics metrics,
            Vertx vertx) {
        this.publisher = publisher;
        this.sending = sending;
        this.config = config.coalescing();
        expectAtLeastOne("threshold", this.config.threshold());
        expectAtLeastOne("max-messages", this.config.maxMessages());
        expectAtLeastOne("max-wait, in milliseconds,", this.config.maxWait().toMillis());
        this.metrics = metrics;
        this.vertx = vertx;
    }

    private static void expectAtLeastOne(String setting, long value) {
        if (value < 1) {
            throw new ConfigurationException(
                    "gateway.publish.coalescing.%s is %d; it must be at least 1".formatted(setting, value));
        }
    }

    /**
     * Sends a message, alone or together with others.
     *
     * @param mode not {@code ONEWAY}
     * @param timeout how long the caller waits; a message that was not sent by then is never sent
     * @return fails with {@link SendFailedException}
     */
    CompletableFuture<SendReceipt> send(OutgoingMessage message, SendMode mode, Duration timeout) {
        var pending = PendingSend.of(message, timeout);
        if (!config.enabled() || message.type() != MessageType.NORMAL) {
            sending.send(List.of(pending), mode);
        } else {
            int size = publisher.batchSize(message);
            var key = new Key(message.topic(), mode);
            while (!topics.computeIfAbsent(key, this::queue).add(pending, size)) {
                // The queue became idle and was removed at this moment.
            }
        }
        return pending.receipt();
    }

    private TopicSendQueue queue(Key key) {
        return new TopicSendQueue(
                config,
                publisher.maxBatchSize(),
                vertx,
                metrics,
                batch -> sending.send(batch, key.mode()),
                idle -> topics.remove(key, idle));
    }
}
