package dev.rocketgateway.publish.send;

import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
final class TopicSendQueue {

    private record Waiting(PendingSend pending, int size) {}

    private final PublishConfig.Coalescing config;
    private final int maxSize;
    private final Vertx vertx;
    private final CoalescingMetrics metrics;
    private final Function<List<PendingSend>, CompletableFuture<Void>> send;
    private final Consumer<TopicSendQueue> idle;

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int sends;
    private int underWay;
    private boolean timed;
    private boolean over;

    /**
     * @param maxSize bytes that may leave together
     * @param send never fails, and completes when the receipts have
     * @param idle called once, after which nothing can be added
     */
    TopicSendQueue(
            PublishConfig.Coalescing config,
            int maxSize,
            Vertx vertx,
            CoalescingMetrics metrics,
            Function<List<PendingSend>, CompletableFuture<Void>> send,
            Consumer<TopicSendQueue> idle) {
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
            if (underWay >= config.threshold()) {
                waiting.add(new Waiting(pending, size));
                if (timed) {
                    return true;
                }
                timed = true;
                arm = true;
            } else {
                sends++;
                underWay++;
            }
        }
        if (arm) {
            arm(config.maxWait().toMillis());
        } else {
            leave(new ArrayDeque<>(List.of(List.of(pending))));
        }
        return true;
    }

    /** Goes on with what waits as long as sends return at once, as they do when everything is refused: without a stack of them. */
    private void leave(Deque<List<PendingSend>> batches) {
        for (var next = batches.poll(); next != null; next = batches.poll()) {
            metrics.left(next.size(), System.nanoTime() - next.get(0).since());
            int size = next.size();
            var sent = send.apply(next);
            if (sent.isDone()) {
                batches.addAll(returned(size));
            } else {
                sent.whenComplete((done, never) -> leave(returned(size)));
            }
        }
    }

    /**
     * A send has returned.
     *
     * @param size messages that were sent
     * @return what leaves now
     */
    private Deque<List<PendingSend>> returned(int size) {
        var next = new Taken();
        boolean last;
        synchronized (this) {
            sends--;
            underWay -= size;
            while (underWay < config.threshold() && !waiting.isEmpty()) {
                take(next);
            }
            last = over = sends == 0 && waiting.isEmpty();
        }
        if (last) {
            idle.accept(this);
        }
        next.failLate();
        return next.batches;
    }

    /** Nothing may hold messages back for longer: neither a broker that is far away nor one that has stopped to answer. */
    private void arm(long millis) {
        vertx.setTimer(Math.max(1, millis), fired -> waitedLongEnough());
    }

    private void waitedLongEnough() {
        var next = new Taken();
        synchronized (this) {
            long left = untilDue();
            while (!waiting.isEmpty() && left <= 0) {
                take(next);
                left = untilDue();
            }
            timed = !waiting.isEmpty();
            if (timed) {
                arm(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        }
        // Outside the lock: what a caller does with its answer is not known here.
        leave(next.batches);
        next.failLate();
    }

    /** Nanoseconds until the first that waits has waited long enough. */
    private long untilDue() {
        var first = waiting.peek();
        return first == null
                ? 0
                : config.maxWait().toNanos()
                        - (System.nanoTime() - first.pending().since());
    }

    /** Takes the first that wait, as many as may leave together; they are under way from here on. */
    private void take(Taken taken) {
        var batch = new ArrayList<PendingSend>();
        long size = 0;
        for (var next = waiting.peek(); next != null; next = waiting.peek()) {
            if (next.pending().isLate()) {
                taken.late.add(next.pending());
            } else if (batch.size() < config.maxMessages() && (batch.isEmpty() || size + next.size() <= maxSize)) {
                batch.add(next.pending());
                size += next.size();
            } else {
                break;
            }
            waiting.remove();
        }
        if (!batch.isEmpty()) {
            sends++;
            underWay += batch.size();
            taken.batches.add(batch);
        }
    }

    /** What was waiting: some leaves together, and what nobody waits for any more stays. */
    private static final class Taken {

        private final Deque<List<PendingSend>> batches = new ArrayDeque<>();
        private final List<PendingSend> late = new ArrayList<>();

        void failLate() {
            late.forEach(each -> each.receipt().completeExceptionally(new SendFailedException(Reason.TIMEOUT)));
        }
    }
}
