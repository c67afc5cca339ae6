package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.deliver.event.VerdictRules;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A webhook that has ended: its messages, how it passed the {@link DeliveryGate} (as a probe or not), and its outcome. */
record EndedWebhook(
        List<ReceivedMessage> messages,
        DeliveryGate.Pass pass,
        DeliverySettings settings,
        DelayLevels levels,
        WebhookOutcome outcome,
        Duration took) {

    DeliveryVerdict verdict() {
        return VerdictRules.of(outcome, settings.subscription().responses());
    }

    RetryPlan retries() {
        return new RetryPlan(settings.subscription().retry(), levels);
    }

    /** The attempt to deliver one message of this webhook, with its verdict. */
    DeliveryAttempt attempt(ReceivedMessage message, DeliveryVerdict verdict, Optional<Duration> retryIn) {
        return attempt(message, verdict, retryIn, "");
    }

    /**
     * The attempt to deliver one message of this webhook, with its verdict and a note.
     *
     * @param note explanation of the verdict, if the status does not explain it
     */
    DeliveryAttempt attempt(ReceivedMessage message, DeliveryVerdict verdict, Optional<Duration> retryIn, String note) {
        return new DeliveryAttempt(settings.name(), message, outcome, took, verdict, retryIn, note);
    }

    /** The status, or the label of the outcome if there is no status. */
    String status() {
        return attempt(messages.get(0), verdict(), Optional.empty()).status();
    }

    /** What happened, in words. */
    String detail() {
        var detail = attempt(messages.get(0), verdict(), Optional.empty()).detail();
        return detail.isEmpty() ? "the endpoint answered " + status() : detail;
    }
}
