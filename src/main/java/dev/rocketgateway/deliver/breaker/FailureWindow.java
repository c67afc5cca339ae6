package dev.rocketgateway.deliver.breaker;

import java.time.Duration;

/** Counts successes and failures in a sliding window, in slices of a tenth of the window. Not thread-safe. */
final class FailureWindow {

    private static final int SLICES = 10;

    private final int[] requests = new int[SLICES];
    private final int[] failures = new int[SLICES];
    private long slice;

    /**
     * Counts one ended webhook.
     *
     * @param now {@link System#nanoTime}
     */
    void add(boolean failed, long now, Duration window) {
        moveTo(now, window);
        int at = Math.floorMod(slice, SLICES);
        requests[at]++;
        if (failed) {
            failures[at]++;
        }
    }

    /** Whether at least the minimum of requests ended within the window, and at least the given percentage of them failed. */
    boolean exceeds(int failurePercent, int minimumRequests, long now, Duration window) {
        moveTo(now, window);
        long all = sum(requests);
        return all >= minimumRequests && sum(failures) * 100 >= failurePercent * all;
    }

    void clear() {
        for (int i = 0; i < SLICES; i++) {
            requests[i] = failures[i] = 0;
        }
    }

    private void moveTo(long now, Duration window) {
        long current = Math.floorDiv(now, Math.max(1, window.toNanos() / SLICES));
        long passed = Math.abs(current - slice);
        for (long i = 1; i <= Math.min(passed, SLICES); i++) {
            int at = Math.floorMod(slice + i, SLICES);
            requests[at] = failures[at] = 0;
        }
        slice = current;
    }

    private static long sum(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }
}
