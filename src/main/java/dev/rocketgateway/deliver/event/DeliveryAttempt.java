package dev.rocketgateway.deliver.event;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.Optional;

/**
 * One ended attempt to deliver one message.
 *
 * @param took time from the start of the webhook to its outcome
 * @param retryIn time until the next delivery, if the gateway has decided it
 * @param note a further explanation of the verdict, in words; may be empty
 */
public record DeliveryAttempt(
        String subscription,
        ReceivedMessage message,
        WebhookOutcome outcome,
        Duration took,
        DeliveryVerdict verdict,
        Optional<Duration> retryIn,
        String note) {

    /** The status, or the label of the outcome if there is no status. */
    public String status() {
        return outcome instanceof WebhookOutcome.Answered answer ? String.valueOf(answer.status()) : outcome.label();
    }

    /** What happened, in words; empty if the status says everything. */
    public String detail() {
        if (outcome instanceof WebhookOutcome.Failed failed) {
            return failed.detail();
        }
        return outcome instanceof WebhookOutcome.Withheld withheld ? withheld.detail() : note;
    }
}
