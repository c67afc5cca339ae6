package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.tracing.DeliveryTraces;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/** A webhook that is about to be sent: its messages, its settings, and the listener for its start and end. */
record WebhookAttempt(
        List<ReceivedMessage> messages,
        DeliveryGate.Pass pass,
        DeliverySettings settings,
        DelayLevels levels,
        DeliveryListener listener,
        DeliveryTraces traces) {

    private static final Logger LOG = Logger.getLogger(WebhookAttempt.class);

    /** The message, or the first of several messages. */
    ReceivedMessage message() {
        return messages.get(0);
    }

    /** Builds the webhook. */
    WebhookMessage webhook() throws UnrepresentableException {
        for (var message : messages) {
            if (message.fault().isPresent()) {
                throw new UnrepresentableException(message.fault().get(), null);
            }
        }
        return settings.payload().webhook(messages);
    }

    /** Sends the webhook without waiting. Completes on any thread, at the latest after the endpoint's timeout; never fails. */
    CompletableFuture<EndedWebhook> send(WebhookMessage webhook) {
        long start = System.nanoTime();
        var trace = traces.process(settings.traced(), messages);
        CompletionStage<WebhookOutcome> sent;
        try {
            listener.webhookStarted(settings.name());
            sent = settings.sender().send(webhook.with(trace.headers(webhook.headers())));
        } catch (RuntimeException bug) {
            sent = CompletableFuture.failedStage(bug);
        }
        return sent.handle((outcome, bug) -> bug == null ? outcome : failed(webhook, bug))
                .thenApply(outcome -> {
                    var took = Duration.ofNanos(System.nanoTime() - start);
                    listener.webhookEnded(settings.name(), outcome, took);
                    var ended = ended(outcome, took);
                    trace.end(ended.verdict() == DeliveryVerdict.ACK ? null : outcome.label());
                    return ended;
                })
                .toCompletableFuture();
    }

    /** The result for a webhook whose waiting thread was interrupted. */
    EndedWebhook aborted() {
        return ended(
                new WebhookOutcome.Failed(WebhookOutcome.Failure.ABORTED, "the delivery was interrupted"),
                Duration.ZERO);
    }

    private EndedWebhook ended(WebhookOutcome outcome, Duration took) {
        return new EndedWebhook(messages, pass, settings, levels, outcome, took);
    }

    private WebhookOutcome failed(WebhookMessage webhook, Throwable bug) {
        LOG.errorf(
                bug,
                "webhook failed because of a bug in the gateway webhookId=%s subscription=%s",
                LogText.value(webhook.id()),
                settings.name());
        return new WebhookOutcome.Failed(WebhookOutcome.Failure.OTHER, "a bug in the gateway");
    }
}
