package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.event.DeliveryState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Starts a few subscriptions at a time, in the order in which they were added. A start makes many calls, and the RocketMQ client makes
 * some of them under one lock. If hundreds of subscriptions start at once, they wait for this lock most of the time.
 *
 * <p>A start that takes longer than {@link #LONG} no longer counts, and subscriptions whose last start failed come after the others. So a
 * broker that does not answer delays the subscriptions of other brokers only for a short time. Thread-safe; never blocks.
 */
final class Starts {

    static final int AT_ONCE = 8;

    /** Most starts take less than this time, even on a busy machine. */
    static final Duration LONG = Duration.ofSeconds(3);

    private final Executor threads;
    private final Consumer<SubscriptionRun> start;
    private final Consumer<Runnable> later;
    private final LongSupplier clock;
    private final Set<SubscriptionRun> waiting = new LinkedHashSet<>();
    private final Set<SubscriptionRun> waitingAgain = new LinkedHashSet<>();
    private final Set<SubscriptionRun> failed = new HashSet<>();
    private final Set<Start> counted = new HashSet<>();

    /** A start that was given to a thread. */
    private final class Start implements Runnable {

        private final SubscriptionRun run;
        private final long begun = clock.getAsLong();

        Start(SubscriptionRun run) {
            this.run = run;
        }

        boolean isLong() {
            return clock.getAsLong() - begun > LONG.toNanos();
        }

        @Override
        public void run() {
            try {
                start.accept(run);
            } finally {
                end(this);
                begin();
            }
        }
    }

    /**
     * @param start makes one attempt to start a subscription; may block
     * @param later runs a task after {@link #LONG}
     * @param clock nanoseconds, as in {@link System#nanoTime}
     */
    Starts(Executor threads, Consumer<SubscriptionRun> start, Consumer<Runnable> later, LongSupplier clock) {
        this.threads = threads;
        this.start = start;
        this.later = later;
        this.clock = clock;
    }

    /** Sets the subscriptions that should start; those that wait already keep their place. Starts as many as may start now. */
    void set(List<SubscriptionRun> runs) {
        synchronized (this) {
            failed.retainAll(new HashSet<>(runs));
            runs.forEach(run -> (failed.contains(run) ? waitingAgain : waiting).add(run));
        }
        begin();
    }

    /** Forgets the subscriptions that wait. Starts that have begun continue. */
    synchronized void clear() {
        waiting.clear();
        waitingAgain.clear();
    }

    private void begin() {
        try {
            var next = next();
            next.forEach(threads::execute);
            if (!next.isEmpty()) {
                later.accept(this::begin);
            }
        } catch (RejectedExecutionException stopping) {
            clear();
        }
    }

    private synchronized List<Start> next() {
        counted.removeIf(Start::isLong);
        var next = new ArrayList<Start>();
        for (var runs : List.of(waiting, waitingAgain)) {
            var first = runs.iterator();
            while (counted.size() < AT_ONCE && first.hasNext()) {
                var started = new Start(first.next());
                first.remove();
                counted.add(started);
                next.add(started);
            }
        }
        return next;
    }

    /** Also counts a start that is still under way on another thread as failed; its next step returns at once. */
    private synchronized void end(Start ended) {
        counted.remove(ended);
        var state = ended.run.state();
        if (state instanceof DeliveryState.Starting || state instanceof DeliveryState.Failed) {
            failed.add(ended.run);
        } else {
            failed.remove(ended.run);
        }
    }
}
