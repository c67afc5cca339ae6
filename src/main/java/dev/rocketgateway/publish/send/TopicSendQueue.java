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
 * Holds the waiting messages of one topic and mode, and counts the messages and requests in flight; see {@link Coalescing}.
 * Thread-safe.
 *
 * <p>A queue exists from its first message until no message waits or is in flight. Callers choose the topics, so a topic must not
 * leave an empty queue in memory.
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
     * @param maxSize maximum bytes of one request
     * @param send completes when all receipts have completed; never fails
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
     * Sends the message, or lets it wait if too many messages are in flight.
     *
     * @return false if this queue has ended and the caller must create another
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

    /**
     * Sends batches, and the batches that may follow when a request returns. Requests can return immediately, for example because
     * all are refused. So this is a loop; a recursion would overflow the stack.
     */
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
     * Handles the return of a request.
     *
     * @param size number of messages in the request
     * @return the messages to send now
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

    /** Starts the timer for {@code max-wait}, so that a distant or silent broker does not hold messages back. */
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
        // Outside the lock, because callbacks of callers run here.
        leave(next.batches);
        next.failLate();
    }

    /** Nanoseconds until the first waiting message must be sent. */
    private long untilDue() {
        var first = waiting.peek();
        return first == null
                ? 0
                : config.maxWait().toNanos()
                        - (System.nanoTime() - first.pending().since());
    }

    /** Takes the first waiting messages, as many as may be sent together, and counts them as in flight. */
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

    /** Messages that were taken from the queue: batches to send, and late messages whose callers no longer wait. */
    private static final class Taken {

        private final Deque<List<PendingSend>> batches = new ArrayDeque<>();
        private final List<PendingSend> late = new ArrayList<>();

        void failLate() {
            late.forEach(each -> each.receipt().completeExceptionally(new SendFailedException(Reason.TIMEOUT)));
        }
    }
}
