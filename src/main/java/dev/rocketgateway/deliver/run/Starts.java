package dev.rocketgateway.deliver.run;

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
 * some of them under one lock. If hundreds of subscriptions start at once, calls wait longer than their timeouts allow, and the starts
 * fail and begin again.
 *
 * <p>A start that takes longer than {@link #LONG} no longer counts. So a broker that does not answer delays the other subscriptions only
 * for a short time. Thread-safe; never blocks.
 */
final class Starts {

    static final int AT_ONCE = 8;

    /** Most starts take less than this time, even on a busy machine. */
    static final Duration LONG = Duration.ofSeconds(3);

    private final Executor threads;
    private final Consumer<SubscriptionRun> start;
    private final LongSupplier clock;
    private final Set<SubscriptionRun> waiting = new LinkedHashSet<>();
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
     * @param clock nanoseconds, as in {@link System#nanoTime}
     */
    Starts(Executor threads, Consumer<SubscriptionRun> start, LongSupplier clock) {
        this.threads = threads;
        this.start = start;
        this.clock = clock;
    }

    /** Adds subscriptions; those that wait already keep their place. Starts as many as may start now. */
    void add(List<SubscriptionRun> runs) {
        synchronized (this) {
            waiting.addAll(runs);
        }
        begin();
    }

    /** Forgets the subscriptions that wait. Starts that have begun continue. */
    synchronized void clear() {
        waiting.clear();
    }

    private void begin() {
        try {
            next().forEach(threads::execute);
        } catch (RejectedExecutionException stopping) {
            clear();
        }
    }

    private synchronized List<Start> next() {
        counted.removeIf(Start::isLong);
        var next = new ArrayList<Start>();
        var first = waiting.iterator();
        while (counted.size() < AT_ONCE && first.hasNext()) {
            var started = new Start(first.next());
            first.remove();
            counted.add(started);
            next.add(started);
        }
        return next;
    }

    private synchronized void end(Start ended) {
        counted.remove(ended);
    }
}
