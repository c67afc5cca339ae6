package dev.rocketgateway.deliver.event;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.Optional;

/**
 * One attempt to deliver one message, at its end.
 *
 * @param took from the first byte to the outcome
 * @param retryIn when the message comes again, where the gateway has decided that
 * @param note what else explains the verdict, for people; may be empty
 */
public record DeliveryAttempt(
        String subscription,
        ReceivedMessage message,
        WebhookOutcome outcome,
        Duration took,
        DeliveryVerdict verdict,
        Optional<Duration> retryIn,
        String note) {

    /** The status, or what happened instead of one. */
    public String status() {
        return outcome instanceof WebhookOutcome.Answered answer ? String.valueOf(answer.status()) : outcome.label();
    }

    /** What happened, for people; empty where the status says it all. */
    public String detail() {
        if (outcome instanceof WebhookOutcome.Failed failed) {
            return failed.detail();
        }
        return outcome instanceof WebhookOutcome.Withheld withheld ? withheld.detail() : note;
    }
}
