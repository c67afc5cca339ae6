package dev.rocketgateway.look.tail;

import dev.rocketgateway.look.TopicReads.Queue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The position of one tail in each queue, and whether its caller keeps up. Not thread-safe: used on the context of the connection.
 */
final class TailPosition {

    private final long start;
    private final TreeMap<Queue, Long> next;
    private final int maxLag;
    private final long slowAfterNanos;
    private final LongSupplier clock;
    private final Set<Queue> locating = new HashSet<>();
    private final Map<Queue, Long> skippedUntil = new HashMap<>();
    private @Nullable Queue last;

    /** Whether the tail has reached the end of all queues. Before that, it reads old messages, which are never dropped. */
    private boolean live;

    /** Time since which the caller has been too far behind; null if the caller keeps up. */
    private @Nullable Long behindSince;

    /**
     * @param live whether the tail begins at the end of the queues
     */
    TailPosition(OffsetVector begin, boolean live, int maxLag, long slowAfterNanos, LongSupplier clock) {
        this.start = begin.start();
        this.next = new TreeMap<>(begin.next());
        this.live = live;
        this.maxLag = maxLag;
        this.slowAfterNanos = slowAfterNanos;
        this.clock = clock;
    }

    String id() {
        return new OffsetVector(start, next).toString();
    }

    long of(Queue queue) {
        return next.getOrDefault(queue, 0L);
    }

    void move(Queue queue, long offset) {
        next.put(queue, offset);
    }

    void truncate(Queue queue, long end) {
        next.computeIfPresent(queue, (same, offset) -> Math.min(offset, end));
    }

    /** Leaves the queue out for a time, because its broker does not answer. */
    void skipFor(Queue queue, long millis) {
        skippedUntil.put(queue, clock.getAsLong() + millis * 1_000_000);
    }

    /** Queues that appeared after the start and whose first offset must be found now. Returns each queue once. */
    List<Queue> unlocated(TopicWatch watch) {
        return watch.queues().stream()
                .filter(queue -> !next.containsKey(queue) && locating.add(queue))
                .toList();
    }

    /**
     * Sets the first offset of a queue from {@link #unlocated}.
     *
     * @param offset null if the offset could not be found; {@link #unlocated} then returns the queue again
     */
    void located(Queue queue, @Nullable Long offset) {
        locating.remove(queue);
        if (offset != null) {
            next.putIfAbsent(queue, offset);
        }
    }

    /** Time at which the tail begins in queues that appeared later, in milliseconds since 1970; 0 for their beginning. */
    long start() {
        return start;
    }

    /** The next queue with messages, in rotation; null if no queue has messages now. */
    @Nullable
    Queue nextPending(TopicWatch watch) {
        var candidates = new ArrayList<Queue>(
                last == null ? List.of() : next.tailMap(last, false).keySet());
        candidates.addAll(
                last == null ? next.keySet() : next.headMap(last, true).keySet());
        // The end of a queue is unknown until its broker has answered.
        boolean more = candidates.isEmpty() || candidates.stream().anyMatch(queue -> watch.end(queue) == null);
        for (var queue : candidates) {
            if (lag(watch, queue) > 0) {
                more = true;
                var until = skippedUntil.get(queue);
                if (until == null || until - clock.getAsLong() <= 0) {
                    skippedUntil.remove(queue);
                    last = queue;
                    return queue;
                }
            }
        }
        live |= !more;
        return null;
    }

    private long lag(TopicWatch watch, Queue queue) {
        var end = watch.end(queue);
        return end == null ? 0 : Math.max(0, end - of(queue));
    }

    /** Records whether the caller keeps up. */
    void observe(TopicWatch watch) {
        long behind =
                next.keySet().stream().mapToLong(queue -> lag(watch, queue)).sum();
        if (!live || behind <= maxLag) {
            behindSince = null;
        } else if (behindSince == null) {
            behindSince = clock.getAsLong();
        }
    }

    /**
     * Moves to the end of all queues if the caller has been too far behind for too long.
     *
     * @return the dropped offsets; empty if the caller keeps up
     */
    List<Gap> dropIfSlow(TopicWatch watch) {
        var gaps = new ArrayList<Gap>();
        if (behindSince != null && clock.getAsLong() - behindSince >= slowAfterNanos) {
            behindSince = null;
            for (var entry : next.entrySet()) {
                long lag = lag(watch, entry.getKey());
                if (lag > 0) {
                    gaps.add(new Gap(entry.getKey(), entry.getValue(), entry.getValue() + lag));
                    entry.setValue(entry.getValue() + lag);
                }
            }
        }
        return gaps;
    }
}
