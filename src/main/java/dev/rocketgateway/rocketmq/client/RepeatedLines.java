package dev.rocketgateway.rocketmq.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/** Says of log lines that come again and again which are logged: one of a kind in a while. Thread-safe. */
final class RepeatedLines {

    private static final int MAX_KINDS = 200;

    /** What is part of the pattern and not of the arguments differs at its end, if it does. */
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
     * A line is about to be logged.
     *
     * @return how many of its kind were not logged since the last one that was; empty if this one is not to be logged either
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
