package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.webhook.WebhookClient;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookRequest;
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
    private final Function<WebhookRequest, CompletionStage<WebhookOutcome>> client;
    private final WebhookHeaders headers;
    private final DeliveryListener listener;

    /**
     * @param client {@link WebhookClient#post}
     */
    MessageDelivery(
            Subscription subscription,
            Function<WebhookRequest, CompletionStage<WebhookOutcome>> client,
            WebhookHeaders headers,
            DeliveryListener listener) {
        this.subscription = subscription;
        this.client = client;
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
            var request = new WebhookRequest(
                    subscription.endpoint().url(),
                    headers.of(
                            message, subscription.name(), subscription.retry().maxAttempts()),
                    message.body(),
                    subscription.endpoint().timeout());
            return client.apply(request).toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new WebhookOutcome.Failed(WebhookOutcome.Failure.ABORTED);
        } catch (ExecutionException | RuntimeException bug) {
            LOG.errorf(
                    bug,
                    "webhook failed by a bug topic=%s messageId=%s subscription=%s attempt=%d",
                    message.topic(),
                    message.id(),
                    subscription.name(),
                    message.attempt());
            return new WebhookOutcome.Failed(WebhookOutcome.Failure.OTHER);
        }
    }
}
