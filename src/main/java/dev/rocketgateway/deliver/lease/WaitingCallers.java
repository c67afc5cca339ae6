package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.Leased;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for messages of one subscription on this replica, first come, first served. However many they are, one call
 * waits at each broker for all of them:
 *
 * <pre>
 *   callers wait ──▶ wait at the brokers ──▶ take for the first caller ──▶ some: it has them, take for the next caller
 *                          ▲                                        └────▶ none ─┐
 *                          └─────────────────────────────────────────────────────┘
 * </pre>
 * Messages are also taken after a wait that ended without one: such a call moves the position past messages that the filter leaves
 * out. Thread-safe; never blocks.
 */
final class WaitingCallers {

    private static final Logger LOG = Logger.getLogger(WaitingCallers.class);

    /** The longest wait at a broker. */
    private static final Duration SLICE = Duration.ofSeconds(15);

    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

    /** The first pause after a broker announced a message that was not there. Each further one is twice as long. */
    private static final Duration AFTER_A_FALSE_ALARM = Duration.ofMillis(50);

    private static final int MOST_DOUBLINGS = 4;

    private final MessageLeases leases;
    private final Supplier<Optional<Source>> source;
    private final Consumer<Leased> release;
    private final ScheduledExecutorService timer;
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean runs;
    private int falseAlarms;

    /** The current settings of the subscription for waiting callers. */
    interface Source {

        MessageLeases.Selection selection();

        /** Returns the messages to hand out, and gives up those that no worker can receive. */
        List<Leased> sift(List<Leased> taken);
    }

    /**
     * @param source where to take messages; empty while the subscription is paused or deleted
     * @param release gives a message back whose caller has gone
     */
    WaitingCallers(
            MessageLeases leases,
            Supplier<Optional<Source>> source,
            Consumer<Leased> release,
            ScheduledExecutorService timer) {
        this.leases = leases;
        this.source = source;
        this.release = release;
        this.timer = timer;
    }

    /** Adds a caller that has just found no message. */
    void add(Waiter waiter, Duration wait) {
        waiter.endBy(timer.schedule(() -> timeIsUp(waiter), wait.toMillis(), TimeUnit.MILLISECONDS));
        waiter.messages().whenComplete((messages, failure) -> remove(waiter));
        boolean start;
        synchronized (waiters) {
            waiters.addLast(waiter);
            start = !runs;
            runs = true;
        }
        if (start) {
            await();
        }
    }

    private void remove(Waiter waiter) {
        synchronized (waiters) {
            waiters.remove(waiter);
        }
    }

    /** Ends the waiting of all callers: each gets nothing. */
    void endAll() {
        List<Waiter> all;
        synchronized (waiters) {
            all = new ArrayList<>(waiters);
        }
        all.forEach(this::timeIsUp);
    }

    /** Ends the waiting of a caller, unless messages are being taken for it. */
    private void timeIsUp(Waiter waiter) {
        boolean waits;
        synchronized (waiters) {
            waiter.setTimeIsUp();
            waits = waiters.remove(waiter);
        }
        if (waits) {
            waiter.messages().complete(Taken.nothing());
        }
    }

    private @Nullable Waiter next() {
        synchronized (waiters) {
            return waiters.pollFirst();
        }
    }

    private boolean isNeeded() {
        synchronized (waiters) {
            runs = !waiters.isEmpty();
            return runs;
        }
    }

    private void await() {
        if (!isNeeded()) {
            return;
        }
        var now = source.get();
        if (now.isEmpty()) {
            // Paused or deleted. Whoever waits may wait to the end; a resumption is noticed soon.
            later(AFTER_A_FAILURE);
            return;
        }
        leases.await(now.get().selection(), SLICE).whenComplete((some, failure) -> {
            if (failure == null) {
                serve(some);
            } else {
                failed(failure);
            }
        });
    }

    /**
     * Takes messages for the first caller, then for the next, until there are no more.
     *
     * @param announced whether a broker announced a message that nobody got yet
     */
    private void serve(boolean announced) {
        var now = source.get();
        var waiter = now.isEmpty() ? null : next();
        if (waiter == null) {
            await();
            return;
        }
        var at = Instant.now();
        leases.take(now.get().selection(), waiter.max(), waiter.visibility()).whenComplete((taken, failure) -> {
            if (failure != null) {
                requeue(waiter);
                failed(failure);
                return;
            }
            var messages = taken.isEmpty() ? taken : now.get().sift(taken);
            if (!messages.isEmpty()) {
                hand(new Taken(messages, at), waiter);
            } else {
                requeue(waiter);
            }
            if (!taken.isEmpty()) {
                falseAlarms = 0;
                serve(false);
            } else if (announced) {
                later(AFTER_A_FALSE_ALARM.multipliedBy(1L << Math.min(falseAlarms++, MOST_DOUBLINGS)));
            } else {
                await();
            }
        });
    }

    private void requeue(Waiter waiter) {
        boolean over;
        synchronized (waiters) {
            over = waiter.isTimeUp() || waiter.messages().isDone();
            if (!over) {
                waiters.addFirst(waiter);
            }
        }
        if (over) {
            waiter.messages().complete(Taken.nothing());
        }
    }

    /** Hands messages to a caller. If the caller has gone, another caller with the same wishes gets them, or they are given back. */
    private void hand(Taken taken, Waiter waiter) {
        if (waiter.messages().complete(taken)) {
            return;
        }
        Optional<Waiter> other;
        synchronized (waiters) {
            other = waiters.stream()
                    .filter(one -> one.max() >= taken.messages().size()
                            && one.visibility().equals(waiter.visibility()))
                    .findFirst();
            other.ifPresent(waiters::remove);
        }
        if (other.isPresent()) {
            hand(taken, other.get());
        } else {
            taken.messages().forEach(release);
        }
    }

    /** Ends the waiting of all callers if a later wait would fail too. Otherwise, they keep waiting until a broker answers again. */
    private void failed(Throwable failure) {
        var reason = LeaseException.of(failure).reason();
        if (reason == LeaseException.Reason.TOO_MANY_WAITERS || reason == LeaseException.Reason.REFUSED) {
            List<Waiter> refused;
            synchronized (waiters) {
                refused = new ArrayList<>(waiters);
            }
            refused.forEach(waiter -> waiter.messages().completeExceptionally(failure));
        } else {
            LOG.debug("waiting for messages failed, will be retried", failure);
        }
        later(AFTER_A_FAILURE);
    }

    private void later(Duration delay) {
        timer.schedule(this::await, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
