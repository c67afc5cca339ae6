package dev.rocketgateway.look.tail;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes that all tails have written and their callers have not read. Thread-safe. */
final class Budget {

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    Budget(long limit) {
        this.limit = limit;
    }

    /** Whether this number of bytes still fits. If no bytes are held, any number fits, because a message can exceed the limit. */
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
