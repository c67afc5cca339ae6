package dev.rocketgateway.rocketmq.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Decides which repeated log lines are logged: one line of a kind per interval. Thread-safe. */
final class RepeatedLines {

    private static final int MAX_KINDS = 200;

    /** Length of the beginning that identifies the kind of a line; later characters may contain arguments. */
    private static final int KIND_LENGTH = 40;

    private record Kind(long loggedAt, int since) {}

    private final long pause;
    private final LongSupplier clock;
    private final Map<String, Kind> kinds = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kind> eldest) {
            return size() > MAX_KINDS;
        }
    };

    RepeatedLines(Duration pause, LongSupplier clock) {
        this.pause = pause.toNanos();
        this.clock = clock;
    }

    /**
     * Asks whether to log a line.
     *
     * @return number of lines of this kind that were dropped since the last logged one; empty if this line is dropped too
     */
    synchronized OptionalInt next(String pattern) {
        var name = pattern.substring(0, Math.min(KIND_LENGTH, pattern.length()));
        var known = kinds.get(name);
        long now = clock.getAsLong();
        if (known != null && now - known.loggedAt() < pause) {
            kinds.put(name, new Kind(known.loggedAt(), known.since() + 1));
            return OptionalInt.empty();
        }
        kinds.put(name, new Kind(now, 0));
        return OptionalInt.of(known == null ? 0 : known.since());
    }
}
