package dev.rocketgateway.deliver.report;

import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.LeaseEnd;
import dev.rocketgateway.deliver.event.ResponseExcerpt;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptLog;
import dev.rocketgateway.webhook.WebhookOutcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** Records every attempt in the attempt log. */
@ApplicationScoped
class AttemptRecorder implements DeliveryListener {

    private final AttemptLog log;

    AttemptRecorder(AttemptLog log) {
        this.log = log;
    }

    @Override
    public void attempted(DeliveryAttempt attempt) {
        var message = attempt.message();
        var answer = attempt.outcome() instanceof WebhookOutcome.Answered answered ? answered : null;
        log.record(new Attempt(
                attempt.subscription(),
                message.id(),
                message.topic(),
                message.attempt(),
                Instant.now().minus(attempt.took()),
                attempt.took(),
                attempt.outcome().label(),
                answer == null ? OptionalInt.empty() : OptionalInt.of(answer.status()),
                attempt.verdict().name(),
                attempt.retryIn(),
                attempt.detail(),
                answer == null ? "" : ResponseExcerpt.of(answer.body())));
    }

    @Override
    public void leaseEnded(LeaseEnd end) {
        log.record(new Attempt(
                end.subscription(),
                end.messageId(),
                end.topic(),
                end.attempt(),
                end.at(),
                end.took(),
                end.outcome().label(),
                OptionalInt.empty(),
                (end.succeeded() ? DeliveryVerdict.ACK : DeliveryVerdict.RETRY).name(),
                Optional.empty(),
                end.succeeded() ? "" : end.outcome().detail(),
                ""));
    }
}
