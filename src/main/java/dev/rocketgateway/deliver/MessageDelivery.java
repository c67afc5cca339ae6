package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookSender;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The delivery of one message of one subscription.
 *
 * <pre>
 *   message ──▶ headers ──▶ POST ──▶ outcome ──▶ verdict ──▶ broker
 *                                       │           │
 *                                       ▼           └─ RETRY on the last attempt: dead-lettered
 *                                   listeners
 * </pre>
 * Called by the consumer's threads, several at once; each waits for its webhook, at most for the endpoint's timeout.
 */
final class MessageDelivery implements MessageSource.Handler {

    private static final Logger LOG = Logger.getLogger(MessageDelivery.class);

    private final Subscription subscription;
    private final Function<WebhookMessage, CompletionStage<WebhookOutcome>> sender;
    private final WebhookHeaders headers;
    private final DeliveryListener listener;

    /**
     * @param sender {@link WebhookSender#send}
     */
    MessageDelivery(
            Subscription subscription,
            Function<WebhookMessage, CompletionStage<WebhookOutcome>> sender,
            WebhookHeaders headers,
            DeliveryListener listener) {
        this.subscription = subscription;
        this.sender = sender;
        this.headers = headers;
        this.listener = listener;
    }

    @Override
    public DeliveryVerdict handle(ReceivedMessage message) {
        long start = System.nanoTime();
        listener.attemptStarted(subscription.name());
        var outcome = send(message);
        listener.attemptEnded(subscription.name(), message, outcome, Duration.ofNanos(System.nanoTime() - start));
        var verdict = DeliveryVerdict.of(outcome);
        if (verdict == DeliveryVerdict.RETRY
                && message.attempt() >= subscription.retry().maxAttempts()) {
            listener.deadLettered(subscription.name(), message, outcome);
        }
        return verdict;
    }

    private WebhookOutcome send(ReceivedMessage message) {
        try {
            var webhook = new WebhookMessage(
                    WebhookHeaders.webhookId(message),
                    headers.of(
                            message, subscription.name(), subscription.retry().maxAttempts()),
                    message.body());
            return sender.apply(webhook).toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new WebhookOutcome.Failed(WebhookOutcome.Failure.ABORTED, "the delivery was interrupted");
        } catch (ExecutionException | RuntimeException bug) {
            LOG.errorf(
                    bug,
                    "webhook failed by a bug topic=%s messageId=%s subscription=%s attempt=%d",
                    message.topic(),
                    message.id(),
                    subscription.name(),
                    message.attempt());
            return new WebhookOutcome.Failed(WebhookOutcome.Failure.OTHER, "a bug of the gateway");
        }
    }
}
