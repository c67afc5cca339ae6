package dev.rocketgateway.publish;

import dev.rocketgateway.publish.SendFailedException.Reason;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The messages of one topic and mode that wait, and how many sends are under way; see {@link Coalescing}. Thread-safe.
 *
 * <p>It lives from the first message to the moment when none waits and none is under way: topics come from callers, and must
 * not leave anything behind.
 */
final class Departures {

    private record Waiting(PendingSend pending, int size) {}

    private final PublishConfig.Coalescing config;
    private final int maxSize;
    private final Vertx vertx;
    private final CoalescingMetrics metrics;
    private final Function<List<PendingSend>, CompletableFuture<Void>> send;
    private final Consumer<Departures> idle;

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean timed;
    private boolean over;

    /**
     * @param maxSize bytes that may leave together
     * @param send never fails, and completes when the receipts have
     * @param idle called once, after which nothing can be added
     */
    Departures(
            PublishConfig.Coalescing config,
            int maxSize,
            Vertx vertx,
            CoalescingMetrics metrics,
            Function<List<PendingSend>, CompletableFuture<Void>> send,
            Consumer<Departures> idle) {
        this.config = config;
        this.maxSize = maxSize;
        this.vertx = vertx;
        this.metrics = metrics;
        this.send = send;
        this.idle = idle;
    }

    /**
     * @return false if this is over; then another has to be made
     */
    boolean add(PendingSend pending, int size) {
        boolean arm = false;
        synchronized (this) {
            if (over) {
                return false;
            }
            if (underWay >= config.maxInFlight()) {
                waiting.add(new Waiting(pending, size));
                if (timed) {
                    return true;
                }
                timed = true;
                arm = true;
            } else {
                underWay++;
            }
        }
        if (arm) {
            arm(config.maxWait().toMillis());
        } else {
            leave(List.of(pending));
        }
        return true;
    }

    /** Goes on with what waits as long as sends return at once, as they do when everything is refused: without a stack of them. */
    private void leave(List<PendingSend> batch) {
        for (var next = batch; !next.isEmpty(); next = returned()) {
            metrics.left(next.size(), System.nanoTime() - next.get(0).since());
            var sent = send.apply(next);
            if (!sent.isDone()) {
                sent.whenComplete((done, never) -> leave(returned()));
                return;
            }
        }
    }

    /**
     * A send has returned.
     *
     * @return what leaves in its place
     */
    private List<PendingSend> returned() {
        var next = new Taken();
        boolean last = false;
        synchronized (this) {
            if (underWay <= config.maxInFlight()) {
                take(next);
            }
            if (next.batch.isEmpty()) {
                underWay--;
                last = over = underWay == 0 && waiting.isEmpty();
            }
        }
        if (last) {
            idle.accept(this);
        }
        next.failLate();
        return next.batch;
    }

    /** Nothing may hold messages back for longer: neither a broker that is far away nor one that has stopped to answer. */
    private void arm(long millis) {
        vertx.setTimer(Math.max(1, millis), fired -> waitedLongEnough());
    }

    private void waitedLongEnough() {
        var leaving = new ArrayList<Taken>();
        synchronized (this) {
            long left = untilDue();
            while (!waiting.isEmpty() && left <= 0) {
                var next = new Taken();
                take(next);
                if (!next.batch.isEmpty()) {
                    underWay++;
                }
                leaving.add(next);
                left = untilDue();
            }
            timed = !waiting.isEmpty();
            if (timed) {
                arm(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        }
        // Outside the lock: what a caller does with its answer is not known here.
        for (var next : leaving) {
            leave(next.batch);
            next.failLate();
        }
    }

    /** Nanoseconds until the first that waits has waited long enough. */
    private long untilDue() {
        var first = waiting.peek();
        return first == null
                ? 0
                : config.maxWait().toNanos()
                        - (System.nanoTime() - first.pending().since());
    }

    /** Takes the first that wait, as many as may leave together. */
    private void take(Taken taken) {
        long size = 0;
        for (var next = waiting.peek(); next != null; next = waiting.peek()) {
            if (next.pending().isLate()) {
                taken.late.add(next.pending());
            } else if (taken.batch.size() < config.maxMessages()
                    && (taken.batch.isEmpty() || size + next.size() <= maxSize)) {
                taken.batch.add(next.pending());
                size += next.size();
            } else {
                return;
            }
            waiting.remove();
        }
    }

    /** What was waiting: some leaves together, and what nobody waits for any more stays. */
    private static final class Taken {

        private final List<PendingSend> batch = new ArrayList<>();
        private final List<PendingSend> late = new ArrayList<>();

        void failLate() {
            late.forEach(each -> each.receipt().completeExceptionally(new SendFailedException(Reason.TIMEOUT)));
        }
    }
}
