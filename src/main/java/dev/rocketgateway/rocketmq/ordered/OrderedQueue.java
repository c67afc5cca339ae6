package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.common.message.MessageExt;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one queue, one after the other.
 *
 * <pre>
 *          a message may be there                      nothing
 *   wait ──────────────────────────▶ ask for a turn ──▶ take ──▶ wait
 *     ▲                                    ▲             │ a message
 *     │                                    │             ▼
 *     └── the queue is held by a delay ─── settle ◀── deliver
 * </pre>
 * Every replica does this for every queue. While a message of the queue is leased, the broker hands out no other message of the queue.
 * After each wait, the replica tries to take a message even if the broker announced none: a take also moves the queue past messages
 * that the filter does not match.
 *
 * <p>Thread-safe; never blocks, except that a delivery blocks its thread.
 */
final class OrderedQueue {

    private static final Logger LOG = Logger.getLogger(OrderedQueue.class);

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

    private final String name;
    private final QueueCalls calls;
    private final Turns turns;
    private final ScheduledExecutorService timer;
    private final Deliveries deliveries;
    private final CompletableFuture<Void> idle = new CompletableFuture<>();

    private @Nullable String attemptId;
    private @Nullable HeldMessage held;
    private boolean closed;
    private boolean busy;
    private boolean failing;

    /** Number of the current wait. The end of an earlier wait is ignored. */
    private long wait;

    private final EmptyWaits emptyWaits = new EmptyWaits();

    /**
     * @param name for the log
     */
    OrderedQueue(String name, QueueCalls calls, Turns turns, ScheduledExecutorService timer, Deliveries deliveries) {
        this.name = name;
        this.calls = calls;
        this.turns = turns;
        this.timer = timer;
        this.deliveries = deliveries;
    }

    /** Begins to deliver. */
    void start() {
        askForATurn();
    }

    private void askForATurn() {
        synchronized (this) {
            if (closed || busy) {
                return;
            }
            busy = true;
            wait++;
        }
        // Without the lock: the turn of another queue can begin in this call, and that queue takes its own lock.
        turns.ask(this::take);
    }

    private void take(Runnable endTurn) {
        String id;
        synchronized (this) {
            if (closed) {
                endTurn.run();
                rest();
                return;
            }
            if (attemptId == null) {
                attemptId = UUID.randomUUID().toString();
            }
            id = attemptId;
        }
        long asked = System.nanoTime();
        QueueCalls.guarded(() -> calls.take(HeldMessage.LEASE, id)).whenComplete((found, failure) -> {
            if (failure != null) {
                endTurn.run();
                // The broker may have handed out a message, and its answer was lost. The same id gets this message
                // again.
                failed(failure);
            } else {
                synchronized (this) {
                    attemptId = null;
                    failing = false;
                }
                found.ifPresentOrElse(message -> deliver(message, asked, endTurn), () -> {
                    endTurn.run();
                    nothingThere();
                });
            }
        });
    }

    /** Logs a refusal of the broker. {@code BrokerProbe} already reports a broker that does not answer. */
    private void failed(Throwable failure) {
        synchronized (this) {
            var refusal = Refusals.of(failure);
            if (!failing && !closed && refusal.isPresent()) {
                LOG.warnf("the broker hands out no messages, will be retried queue=%s %s", name, refusal.get());
            }
            LOG.debugf(failure, "queue not read queue=%s", name);
            failing = true;
        }
        rest();
        later(AFTER_A_FAILURE);
    }

    private void nothingThere() {
        rest();
        Duration pause;
        synchronized (this) {
            pause = emptyWaits.foundNothing();
        }
        if (pause.isZero()) {
            await();
        } else {
            later(pause);
        }
    }

    private void await() {
        long mine;
        synchronized (this) {
            if (closed || busy) {
                return;
            }
            mine = ++wait;
        }
        QueueCalls.guarded(() -> calls.await(WAIT)).whenComplete((arrival, failure) -> {
            synchronized (this) {
                if (closed || busy || wait != mine) {
                    return;
                }
                emptyWaits.waited(failure == null ? arrival : Arrival.REFUSED);
            }
            if (failure != null || arrival == Arrival.REFUSED) {
                later(AFTER_A_FAILURE);
            } else {
                askForATurn();
            }
        });
    }

    private void deliver(MessageExt message, long takenAt, Runnable endTurn) {
        var taken = new HeldMessage(calls, message, takenAt, timer);
        boolean late;
        synchronized (this) {
            emptyWaits.foundMessage();
            held = taken;
            late = closed;
        }
        if (late) {
            endTurn.run();
            settle(taken, message, new Settlement.Unsettled());
        } else {
            deliveries.deliver(message, taken, endTurn, settlement -> settle(taken, message, settlement));
        }
    }

    private void settle(HeldMessage taken, MessageExt message, Settlement settlement) {
        taken.settle(settlement).thenRun(() -> {
            synchronized (this) {
                held = null;
            }
            rest();
            if (settlement instanceof Settlement.Redeliver) {
                // The broker ends the wait at the end of the delay. Brokers before 5.3 do not, so a timer runs too.
                await();
                later(HeldMessage.delayOf(settlement, message));
            } else {
                askForATurn();
            }
        });
    }

    /** Records that the queue is no longer busy. */
    private void rest() {
        boolean ended;
        synchronized (this) {
            busy = false;
            ended = closed;
        }
        if (ended) {
            idle.complete(null);
        }
    }

    private void later(Duration delay) {
        try {
            timer.schedule(this::askForATurn, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("the gateway stops", stopped);
        }
    }

    /** Stops after the current message. */
    void close() {
        boolean rests;
        synchronized (this) {
            closed = true;
            rests = !busy;
        }
        if (rests) {
            idle.complete(null);
        }
    }

    /** Completes after {@link #close}, as soon as the current message is settled. */
    CompletableFuture<Void> idle() {
        return idle;
    }

    /** Gives the current message back to the broker, although its webhook is still in flight. */
    void release() {
        @Nullable HeldMessage current;
        synchronized (this) {
            current = held;
        }
        if (current != null) {
            current.settle(new Settlement.Unsettled());
        }
    }
}
