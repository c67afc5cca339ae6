package dev.rocketgateway.bench;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;

/** Counts what became of sends, and how long they took, from any thread. */
final class Tally {

    private static final long LONGEST_MICROS = 120_000_000;

    private final ConcurrentHistogram micros = new ConcurrentHistogram(LONGEST_MICROS, 3);
    private final AtomicLong failed = new AtomicLong();
    private final long begun = System.nanoTime();

    /**
     * @param since when it was sent, or should have been, by {@link System#nanoTime}
     */
    void ok(long since) {
        micros.recordValue(Math.min(LONGEST_MICROS, Math.max(0, (System.nanoTime() - since) / 1_000)));
    }

    /** Says the first reason on standard error. */
    void failed(Object reason) {
        if (failed.getAndIncrement() == 0) {
            System.err.println("failed: " + reason);
        }
    }

    long begun() {
        return begun;
    }

    /** When all is over. */
    Load load() {
        double seconds = (System.nanoTime() - begun) / 1e9;
        return new Load(
                micros.getTotalCount(),
                failed.get(),
                seconds,
                micros.getValueAtPercentile(50) / 1000.0,
                micros.getValueAtPercentile(99) / 1000.0);
    }
}
