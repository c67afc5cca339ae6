package dev.rocketgateway.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Samples events: in each window of time, lets one event of each kind through and counts the others. Thread-safe; remembers a
 * bounded number of kinds.
 */
final class Sampling {

    private static final int MAX_KINDS = 1_000;

    private final long window;
    private final LongSupplier clock;
    private final Cache<String, Seen> kinds =
            Caffeine.newBuilder().maximumSize(MAX_KINDS).build();

    /** The time of the last event that was let through, and the number of events left out since then. */
    private static final class Seen {
        private long last;
        private long notLogged;
        private boolean any;
    }

    /**
     * @param clock time in nanoseconds
     */
    Sampling(Duration window, LongSupplier clock) {
        this.window = window.toNanos();
        this.clock = clock;
    }

    /**
     * Decides whether an event is let through.
     *
     * @param kind equal for events that count as similar
     * @return number of events left out since the last event that was let through; empty if this event is left out
     */
    OptionalLong ask(String kind) {
        long now = clock.getAsLong();
        var seen = kinds.get(kind, first -> new Seen());
        synchronized (seen) {
            if (seen.any && now - seen.last < window) {
                seen.notLogged++;
                return OptionalLong.empty();
            }
            long notLogged = seen.notLogged;
            seen.any = true;
            seen.last = now;
            seen.notLogged = 0;
            return OptionalLong.of(notLogged);
        }
    }
}
