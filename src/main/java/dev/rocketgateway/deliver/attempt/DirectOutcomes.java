package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Handover;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Settles the messages that a {@link DirectDelivery} has sent.
 *
 * <pre>
 *                     on the event loop                                    on a consumer thread
 *   outcome ──▶ {@link OutcomeRules} ──┬─ acknowledged ───▶ acknowledged
 *                              ├─ other settlement ──────────────────────▶ settled at the broker
 *                              └─ to wait at the gate ───────────────────▶ waits with the permit of its webhook
 *   no webhook can represent the message ────────────────────────────────▶ {@link OutcomeRules}, decided with its permit
 *   outcome that publishes a dead letter ────────────────────────────────▶ {@link OutcomeRules}, decided with its permit
 * </pre>
 * The gate learns of an outcome before the permit of the webhook is released. The permit is released when a settlement is submitted, or
 * decided: it does not wait until the broker has taken the message back. An outcome that publishes a dead letter is forgotten if the
 * queue moves or consumption stops before a consumer thread decides it: the message is delivered again. Thread-safe.
 */
final class DirectOutcomes {

    private static final Logger LOG = Logger.getLogger(DirectOutcomes.class);

    private static final OutcomeRules.Next ACKNOWLEDGED =
            new OutcomeRules.Next.Settled(List.of(new Settlement.Acknowledge()));

    private static final Settlement REDELIVER = new Settlement.Redeliver(Optional.empty());

    private final FairPermits permits;
    private final OutcomeRules rules;
    private final HeldDelivery held;
    private volatile boolean ended;

    /** Delivers a message on a consumer thread, which may wait at the gate. The caller has a permit for it. */
    @FunctionalInterface
    interface HeldDelivery {
        Settlement deliver(ReceivedMessage message, Handover from);
    }

    DirectOutcomes(FairPermits permits, OutcomeRules rules, HeldDelivery held) {
        this.permits = permits;
        this.rules = rules;
        this.held = held;
    }

    /** Sends and holds no message from now on, because consumption stops. */
    void end() {
        ended = true;
    }

    /** Has a message wait at the gate, on a consumer thread and with a permit that the caller has taken. */
    void hold(DueMessage message) {
        if (ended) {
            giveUp(message);
        } else {
            settleWithPermit(message, () -> held.deliver(message.message(), message.from()));
        }
    }

    private void giveUp(DueMessage message) {
        permits.release();
        message.giveUp();
    }

    /**
     * Sends a webhook with a permit that the caller has taken, for a message whose delivery has begun. Never throws. Gives the message up
     * if consumption stops, because it may have waited for a shared thread.
     */
    void send(DueMessage message, Function<ReceivedMessage, WebhookAttempt> attempts) {
        if (ended) {
            giveUp(message);
            return;
        }
        try {
            var attempt = attempts.apply(message.message());
            try {
                attempt.send(attempt.webhook()).whenComplete((webhook, bug) -> ended(message, webhook, bug));
            } catch (UnrepresentableException e) {
                settleWithPermit(
                        message,
                        () -> rules.unrepresentable(attempt.message(), e, attempt.settings(), attempt.levels()));
            }
        } catch (Throwable bug) {
            ended(message, null, bug);
        }
    }

    /** Called when a webhook has ended, usually on an event loop. */
    private void ended(DueMessage message, @Nullable EndedWebhook webhook, @Nullable Throwable bug) {
        if (webhook == null) {
            LOG.error("delivery failed because of a bug in the gateway, the message will be retried", bug);
            settleWithPermit(message, () -> REDELIVER);
        } else if (OutcomeRules.mayPublish(webhook)) {
            settleWithPermit(message, () -> settlement(webhook));
        } else {
            settle(message, next(message, webhook));
        }
    }

    /** Decides a settlement on a consumer thread, and releases the permit afterwards, so that few messages wait for threads. */
    private void settleWithPermit(DueMessage message, Supplier<Settlement> settlement) {
        message.settle(
                () -> {
                    try {
                        return settlement.get();
                    } finally {
                        permits.release();
                    }
                },
                permits::release);
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
            permits.release();
        }
    }

    private Settlement settlement(EndedWebhook webhook) {
        return rules.after(webhook) instanceof OutcomeRules.Next.Settled settled
                ? settled.settlements().get(0)
                : REDELIVER;
    }

    /** The settlement of a message whose delivery failed because of a bug. */
    private static Settlement failed(ReceivedMessage message, @Nullable Throwable bug) {
        LOG.errorf(
                bug,
                "delivery failed because of a bug in the gateway, the message will be retried topic=%s messageId=%s",
                LogText.value(message.topic()),
                LogText.value(message.id()));
        return REDELIVER;
    }
}
