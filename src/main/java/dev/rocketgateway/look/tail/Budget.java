package dev.rocketgateway.look.tail;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that all tails have written and their callers have not read. Thread-safe. */
final class Budget {

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    Budget(long limit) {
        this.limit = limit;
    }

    /** Whether so many bytes more fit. If nothing is held, any number fits, so that each message can be sent at some time. */
    boolean allows(long bytes) {
        long now = held.get();
        return now == 0 || now + bytes <= limit;
    }

    void add(long bytes) {
        held.addAndGet(bytes);
    }

    void remove(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
