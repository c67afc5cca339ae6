package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Handover;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.message.ReceivedMessage;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Sends each message in its own webhook, while no thread waits for an outcome. Messages get permits in the order in which they arrive. A
 * message can overtake one whose webhook is prepared on a shared thread, or one that the gate held.
 *
 * <pre>
 *   messages ──▶ due ──▶ permit ──┬─ the gate passes it ──▶ POST ─ ─ ─ ▶ outcome: see {@link DirectOutcomes}
 *                         ▲       │                                    │
 *                         │       └─ the gate holds it ──▶ consumer thread: waits, sends, settles
 *                         └──────────────── released ◀─────────────────┘
 * </pre>
 * The thread that releases a permit sends the next message. It is usually the event loop of the webhook that ended. Event loops and
 * threads of the client must not be busy for long: one of these threads sends for at most 1 ms. After that, a shared thread ({@code
 * gateway-webhooks}) sends. Webhooks that take long to prepare are always prepared on shared threads, several at a time.
 *
 * <p>Thread-safe. At most one thread sends at a time. If it is sending when another thread calls, the other thread returns, and the
 * sending thread looks at the queue again.
 */
final class DirectDelivery {

    private static final Logger LOG = Logger.getLogger(DirectDelivery.class);

    /** Longest time that an event loop or a thread of the client sends. */
    private static final long TURN_NANOS = Duration.ofMillis(1).toNanos();

    /** Longest time that a shared thread sends for one subscription before it serves others. */
    private static final long LONG_TURN_NANOS = Duration.ofMillis(10).toNanos();

    private final Gate gate;
    private final Function<ReceivedMessage, WebhookAttempt> attempts;
    private final DirectOutcomes outcomes;
    private final Executor threads;

    private final Queue<DueMessage> due = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final NextPermit permit;
    private volatile boolean ended;

    /**
     * What a subscription says of its messages at the moment.
     *
     * @param passes whether a message can be sent without waiting at the gate
     * @param takesLong whether webhooks take long to prepare, whatever their messages are
     */
    record Gate(BooleanSupplier passes, BooleanSupplier takesLong) {}

    /**
     * @param permits shared with consumer threads
     * @param threads for what takes long
     */
    DirectDelivery(
            FairPermits permits,
            Gate gate,
            Function<ReceivedMessage, WebhookAttempt> attempts,
            DirectOutcomes outcomes,
            Executor threads) {
        this.gate = gate;
        this.attempts = attempts;
        this.outcomes = outcomes;
        this.threads = threads;
        this.permit = new NextPermit(permits, () -> send(TURN_NANOS));
    }

    /** Takes over messages; returns soon. */
    void add(Handover from) {
        for (int i = 0; i < from.size(); i++) {
            due.add(new DueMessage(i, from));
        }
        send(TURN_NANOS);
    }

    /** No webhook starts from now on. Messages that are due stay unsettled. */
    void end() {
        ended = true;
        outcomes.end();
    }

    /**
     * Sends what is due. If another thread is sending, that thread looks at the queue again, and this method returns.
     *
     * @param turn longest time in nanoseconds
     */
    private void send(long turn) {
        if (calls.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        long end = System.nanoTime() + turn;
        while (seen > 0) {
            boolean isOver = false;
            try {
                isOver = sendDue(end);
            } catch (Throwable bug) {
                LOG.error(
                        "messages were not sent because of a bug in the gateway; they wait for the next message", bug);
            }
            seen = calls.addAndGet(-seen);
            if (isOver && seen == 0) {
                onSharedThread(() -> send(LONG_TURN_NANOS));
            }
        }
    }

    /** Returns whether the turn is over although a message could be sent. The permit for this message stays taken. */
    private boolean sendDue(long end) {
        for (var next = due.peek(); next != null; next = due.peek()) {
            if (ended) {
                due.clear();
                break;
            }
            if (!permit.tryTake()) {
                return false;
            }
            if (System.nanoTime() > end) {
                return true;
            }
            due.remove();
            sendWithPermit(next);
        }
        permit.giveBack();
        return false;
    }

    private void sendWithPermit(DueMessage next) {
        if (!gate.passes().getAsBoolean()) {
            permit.spend();
            outcomes.hold(next);
        } else if (next.begin()) {
            permit.spend();
            if (gate.takesLong().getAsBoolean() || next.takesLong()) {
                onSharedThread(() -> outcomes.send(next, attempts));
            } else {
                outcomes.send(next, attempts);
            }
        }
    }

    private void onSharedThread(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException stopped) {
            end();
        }
    }
}
