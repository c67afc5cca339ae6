package dev.rocketgateway.look.tail;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Limits the number of reads that run at a time. Reads get permits in the order of their requests. Thread-safe; never blocks. */
final class ReadPermits {

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int free;

    ReadPermits(int permits) {
        this.free = permits;
    }

    /**
     * Runs the read when it has a permit: now, or on the thread of a later {@link #release}.
     *
     * @param read starts the read and returns; when the read has ended, it must call {@link #release} once
     */
    void acquire(Runnable read) {
        synchronized (this) {
            if (free == 0) {
                waiting.add(read);
                return;
            }
            free--;
        }
        read.run();
    }

    void release() {
        @Nullable Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                free++;
            }
        }
        if (next != null) {
            next.run();
        }
    }
}
