package dev.rocketgateway.deliver.breaker;

import java.time.Duration;
import java.util.Optional;

/**
 * Spaces webhooks evenly at a rate. Each webhook reserves the next free slot and waits until the time of this slot, so that a
 * waiting thread wakes only once. Not thread-safe.
 */
public final class RateSpacer {

    private long nextFree;
    private boolean used;

    /**
     * Reserves the next slot.
     *
     * @param perSecond empty for no limit
     * @param now {@link System#nanoTime}
     * @return nanoseconds until the slot; 0 for now
     */
    public long take(Optional<Double> perSecond, long now) {
        if (perSecond.isEmpty()) {
            used = false;
            return 0;
        }
        long interval = (long) (Duration.ofSeconds(1).toNanos() / perSecond.get());
        long place = used ? Math.max(now, nextFree) : now;
        used = true;
        nextFree = place + interval;
        return place - now;
    }
}
