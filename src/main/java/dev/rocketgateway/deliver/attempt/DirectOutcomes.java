package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Handover;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Settles the messages that a {@link DirectDelivery} has sent.
 *
 * <pre>
 *                     on the event loop                                    on a thread of the consumption
 *   outcome ──▶ {@link OutcomeRules} ──┬─ acknowledged ───▶ acknowledged
 *                              ├─ other settlement ──────────────────────▶ settled at the broker
 *                              └─ to wait at the gate ───────────────────▶ waits with the permit of its webhook
 *   outcome that publishes a dead letter ────────────────────────────────▶ {@link OutcomeRules}, settled at the broker
 * </pre>
 * The gate learns of an outcome before the permit of the webhook is released. Thread-safe.
 */
final class DirectOutcomes {

    private static final Logger LOG = Logger.getLogger(DirectOutcomes.class);

    private static final OutcomeRules.Next ACKNOWLEDGED =
            new OutcomeRules.Next.Settled(List.of(new Settlement.Acknowledge()));

    private final FairPermits places;
    private final OutcomeRules rules;
    private final Waiting waiting;

    /** Delivers a message on a thread that may wait at the gate. The caller has a permit for it. */
    @FunctionalInterface
    interface Waiting {
        Settlement deliver(ReceivedMessage message, Handover from);
    }

    DirectOutcomes(FairPermits places, OutcomeRules rules, Waiting waiting) {
        this.places = places;
        this.rules = rules;
        this.waiting = waiting;
    }

    /** Has a message wait at the gate, on a thread and with a permit that the caller has taken. */
    void hold(DueMessage message) {
        message.settle(
                () -> {
                    try {
                        return waiting.deliver(message.message(), message.from());
                    } finally {
                        places.release();
                    }
                },
                places::release);
    }

    /** Sends a webhook with a permit that the caller has taken. Never throws, and does not wait. */
    void send(DueMessage message, WebhookAttempt attempt) {
        try {
            attempt.send(attempt.webhook()).whenComplete((webhook, bug) -> ended(message, attempt, webhook, bug));
        } catch (UnrepresentableException e) {
            places.release();
            // Can publish a dead letter.
            message.settle(
                    () -> rules.unrepresentable(attempt.message(), e, attempt.settings(), attempt.levels()), () -> {});
        } catch (Throwable bug) {
            ended(message, attempt, null, bug);
        }
    }

    /** Called when a webhook has ended, usually on an event loop. */
    private void ended(
            DueMessage message, WebhookAttempt attempt, @Nullable EndedWebhook webhook, @Nullable Throwable bug) {
        if (webhook == null) {
            places.release();
            message.settle(failed(attempt.message(), bug));
        } else if (OutcomeRules.mayPublish(webhook)) {
            places.release();
            message.settle(() -> settlement(message, webhook), () -> {});
        } else {
            settle(message, next(message, webhook));
        }
    }

    private OutcomeRules.Next next(DueMessage message, EndedWebhook webhook) {
        try {
            return rules.after(webhook);
        } catch (Throwable bug) {
            return new OutcomeRules.Next.Settled(
                    List.of(failed(webhook.messages().get(0), bug)));
        }
    }

    private void settle(DueMessage message, OutcomeRules.Next next) {
        if (!(next instanceof OutcomeRules.Next.Settled settled)) {
            hold(message);
            return;
        }
        try {
            if (next.equals(ACKNOWLEDGED)) {
                message.acknowledge();
            } else {
                message.settle(settled.settlements().get(0));
            }
        } finally {
            places.release();
        }
    }

    private Settlement settlement(DueMessage message, EndedWebhook webhook) {
        return rules.after(webhook) instanceof OutcomeRules.Next.Settled settled
                ? settled.settlements().get(0)
                : new Settlement.Redeliver(Optional.empty());
    }

    /** The settlement of a message whose delivery failed because of a bug. */
    static Settlement failed(ReceivedMessage message, @Nullable Throwable bug) {
        LOG.errorf(
                bug,
                "delivery failed because of a bug in the gateway, the message will be retried topic=%s messageId=%s",
                LogText.value(message.topic()),
                LogText.value(message.id()));
        return new Settlement.Redeliver(Optional.empty());
    }
}
