package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Handover;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.message.ReceivedMessage;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends each message in its own webhook, in the order in which messages arrive, while no thread waits for an outcome.
 *
 * <pre>
 *   messages ──▶ due ──▶ permit ──┬─ the gate is open ──▶ POST ─ ─ ─ ▶ outcome: see {@link DirectOutcomes}
 *                         ▲       │                                    │
 *                         │       └─ the gate holds messages ──▶ waits on a thread of the consumption
 *                         └──────────────── released ◀─────────────────┘
 * </pre>
 * The permit that a webhook releases sends the next message, usually on the event loop of that webhook. What takes long to prepare is
 * prepared on shared threads, and so is everything after the first millisecond: an event loop and a thread of the client have other
 * work too.
 *
 * <p>Thread-safe. At any time, one thread sends; the others only leave a note for it.
 */
final class DirectDelivery {

    private static final Logger LOG = Logger.getLogger(DirectDelivery.class);

    /** Largest body that is prepared on an event loop: to encode and sign it takes less than a millisecond. */
    private static final int LARGE_BODY_BYTES = 64 * 1024;

    private static final long TURN_NANOS = Duration.ofMillis(1).toNanos();

    /** Of a shared thread, before other subscriptions have their turn. */
    private static final long LONG_TURN_NANOS = Duration.ofMillis(10).toNanos();

    private final BooleanSupplier passing;
    private final Function<ReceivedMessage, WebhookAttempt> attempts;
    private final DirectOutcomes outcomes;
    private final Executor threads;

    private final Queue<DueMessage> due = new ConcurrentLinkedQueue<>();
    private final AtomicInteger notes = new AtomicInteger();
    private final AtomicBoolean handedOver = new AtomicBoolean();
    private final NextPermit permit;
    private volatile boolean ended;

    /**
     * @param places permits, shared with the threads that wait
     * @param passing whether a message can be sent now without waiting at the gate
     * @param threads for what takes long; one task at a time waits there
     */
    DirectDelivery(
            FairPermits places,
            BooleanSupplier passing,
            Function<ReceivedMessage, WebhookAttempt> attempts,
            DirectOutcomes outcomes,
            Executor threads) {
        this.passing = passing;
        this.attempts = attempts;
        this.outcomes = outcomes;
        this.threads = threads;
        this.permit = new NextPermit(places, () -> send(false));
    }

    /** Takes over messages; returns soon. */
    void add(Handover from) {
        for (int i = 0; i < from.size(); i++) {
            due.add(new DueMessage(i, from));
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
     * @param mayTakeLong false on an event loop and on threads of the client
     */
    private void send(boolean mayTakeLong) {
        if (notes.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        long end = System.nanoTime() + (mayTakeLong ? LONG_TURN_NANOS : TURN_NANOS);
        while (seen > 0) {
            sendDue(mayTakeLong, end);
            seen = notes.addAndGet(-seen);
        }
    }

    private void sendDue(boolean mayTakeLong, long end) {
        for (var next = due.peek(); next != null; next = due.peek()) {
            if (ended) {
                due.clear();
                break;
            }
            if (!permit.isTaken()) {
                return;
            }
            if (System.nanoTime() > end) {
                handOver();
                return;
            }
            if (!passing.getAsBoolean()) {
                due.remove();
                permit.spend();
                outcomes.hold(next);
                continue;
            }
            if (!mayTakeLong && next.takesLong()) {
                handOver();
                return;
            }
            var attempt = attempt(next);
            if (attempt != null && !mayTakeLong && takesLong(attempt)) {
                handOver();
                return;
            }
            due.remove();
            if (attempt != null && next.begin()) {
                permit.spend();
                outcomes.send(next, attempt);
            }
        }
        permit.giveBack();
    }

    /** Null if a bug makes it impossible; the message is settled then. */
    private @Nullable WebhookAttempt attempt(DueMessage next) {
        try {
            return attempts.apply(next.message());
        } catch (Throwable bug) {
            LOG.error("a message was not sent because of a bug in the gateway, it will be retried", bug);
            next.settle(new Settlement.Redeliver(Optional.empty()));
            return null;
        }
    }

    /** Whether a webhook reads files, or needs much processor time, before it is sent. */
    private static boolean takesLong(WebhookAttempt attempt) {
        return attempt.settings().sender().takesLong() || attempt.message().body().length > LARGE_BODY_BYTES;
    }

    /** Has a shared thread go on. The permit stays taken for it. */
    private void handOver() {
        if (handedOver.compareAndSet(false, true)) {
            try {
                threads.execute(() -> {
                    handedOver.set(false);
                    send(true);
                });
            } catch (RejectedExecutionException stopped) {
                end();
            }
        }
    }
}
