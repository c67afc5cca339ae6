package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Handover;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.DeliveryVerdict;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends each message in its own webhook, in the order in which messages arrive, while no thread waits for an outcome.
 *
 * <pre>
 *   messages ──▶ due ──▶ permit ──▶ POST ─ ─ ─ ▶ outcome ──┬─ ACK ──▶ acknowledged ──▶ its permit sends the next message
 *                                                          └─ else ─▶ settled on a thread of the consumption
 *          thread that received    |       event loop of the endpoint's connections
 * </pre>
 * While webhooks succeed, everything after the first webhooks takes place on event loops: the end of one webhook begins the next. What
 * takes long (see {@link #takesLong}) is prepared on shared threads. While the gate holds messages, all that are due go to threads of
 * the consumption and wait there.
 *
 * <p>Thread-safe. At any time, one thread sends; the others only leave a note for it.
 */
final class DirectDelivery {

    private static final Logger LOG = Logger.getLogger(DirectDelivery.class);

    private static final OutcomeRules.Next ACKNOWLEDGED =
            new OutcomeRules.Next.Settled(List.of(new Settlement.Acknowledge()));

    /** Largest body that is prepared on an event loop: to encode and sign it takes less than a millisecond. */
    private static final int LARGE_BODY_BYTES = 64 * 1024;

    /** Number of messages that a shared thread sends before other subscriptions have their turn. */
    private static final int TURN = 16;

    private final FairPermits places;
    private final OutcomeRules rules;
    private final BooleanSupplier passing;
    private final Function<ReceivedMessage, WebhookAttempt> attempts;
    private final Waiting waiting;
    private final Executor threads;

    private final Queue<Due> due = new ConcurrentLinkedQueue<>();
    private final AtomicInteger notes = new AtomicInteger();
    private final NextPermit permit;

    private volatile boolean ended;

    /** A message that is to be sent. */
    private record Due(int index, Handover from) {

        /** Made anew by each call: a message that waits needs less memory in the format of the client. */
        ReceivedMessage message() {
            return from.message(index);
        }
    }

    /** Delivers a message on a thread that may wait at the gate. */
    @FunctionalInterface
    interface Waiting {
        Settlement deliver(ReceivedMessage message, Handover from);
    }

    /**
     * @param places permits, shared with the threads that wait
     * @param passing whether a message can be sent now without waiting at the gate
     * @param threads for messages that take long to prepare
     */
    DirectDelivery(
            FairPermits places,
            OutcomeRules rules,
            BooleanSupplier passing,
            Function<ReceivedMessage, WebhookAttempt> attempts,
            Waiting waiting,
            Executor threads) {
        this.places = places;
        this.rules = rules;
        this.passing = passing;
        this.attempts = attempts;
        this.waiting = waiting;
        this.threads = threads;
        this.permit = new NextPermit(places, () -> send(false));
    }

    /** Takes over messages; returns soon. */
    void add(Handover from) {
        for (int i = 0; i < from.size(); i++) {
            due.add(new Due(i, from));
        }
        send(false);
    }

    /** Sends nothing from now on. Messages that are due stay unsettled. */
    void end() {
        ended = true;
    }

    /**
     * Sends what is due, unless another thread does so at the moment, which then looks again.
     *
     * @param mayTakeLong false on an event loop
     */
    private void send(boolean mayTakeLong) {
        if (notes.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        while (seen > 0) {
            try {
                sendDue(mayTakeLong);
            } catch (Throwable bug) {
                LOG.error(
                        "messages were not sent because of a bug in the gateway; they wait for the next message", bug);
            }
            seen = notes.addAndGet(-seen);
        }
    }

    private void sendDue(boolean mayTakeLong) {
        int sent = 0;
        for (var next = due.peek(); next != null; next = due.peek()) {
            var message = next;
            if (ended) {
                due.clear();
                break;
            }
            if (!passing.getAsBoolean()) {
                due.remove();
                message.from().settle(message.index(), () -> waiting.deliver(message.message(), message.from()));
                continue;
            }
            if (!permit.isTaken()) {
                return;
            }
            var attempt = attempts.apply(message.message());
            if (takesLong(attempt) && (!mayTakeLong || sent >= TURN)) {
                threads.execute(() -> send(true));
                return;
            }
            due.remove();
            if (message.from().begin(message.index())) {
                permit.spend();
                send(message, attempt);
                sent++;
            }
        }
        permit.giveBack();
    }

    /** Whether a webhook reads files, or needs much processor time, before it is sent. */
    private static boolean takesLong(WebhookAttempt attempt) {
        return attempt.settings().sender().takesLong()
                || attempt.messages().get(0).body().length > LARGE_BODY_BYTES;
    }

    private void send(Due message, WebhookAttempt attempt) {
        try {
            attempt.send(attempt.webhook()).whenComplete((webhook, bug) -> ended(message, webhook, bug));
        } catch (UnrepresentableException e) {
            places.release();
            message.from()
                    .settle(
                            message.index(),
                            () -> rules.unrepresentable(message.message(), e, attempt.settings(), attempt.levels()));
        } catch (Throwable bug) {
            ended(message, null, bug);
        }
    }

    /** Called when a webhook has ended, usually on an event loop. */
    private void ended(Due message, @Nullable EndedWebhook webhook, @Nullable Throwable bug) {
        try {
            if (webhook == null || webhook.verdict() != DeliveryVerdict.ACK) {
                message.from().settle(message.index(), () -> settlement(message, webhook, bug));
            } else if (isAcknowledged(message, webhook)) {
                message.from().acknowledge(message.index());
            }
        } finally {
            places.release();
        }
    }

    private boolean isAcknowledged(Due message, EndedWebhook webhook) {
        try {
            var next = rules.after(webhook);
            if (next.equals(ACKNOWLEDGED)) {
                return true;
            }
            message.from().settle(message.index(), () -> settlement(message, next));
        } catch (Throwable bug) {
            message.from().settle(message.index(), () -> settlement(message, null, bug));
        }
        return false;
    }

    private Settlement settlement(Due message, OutcomeRules.Next next) {
        return next instanceof OutcomeRules.Next.Settled settled
                ? settled.settlements().get(0)
                : waiting.deliver(message.message(), message.from());
    }

    private Settlement settlement(Due message, @Nullable EndedWebhook webhook, @Nullable Throwable bug) {
        if (webhook == null) {
            LOG.errorf(
                    bug,
                    "delivery failed because of a bug in the gateway, the message will be retried topic=%s messageId=%s",
                    LogText.value(message.message().topic()),
                    LogText.value(message.message().id()));
            return new Settlement.Redeliver(Optional.empty());
        }
        return settlement(message, rules.after(webhook));
    }
}
