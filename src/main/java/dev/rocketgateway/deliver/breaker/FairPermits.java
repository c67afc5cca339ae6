package dev.rocketgateway.deliver.breaker;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of concurrent webhooks with permits. Permits are given in the order in which callers ask, which is the order of
 * their messages in the broker's queue. So when consumption stops, no unsent message precedes a sent one, and sent messages are not
 * delivered again.
 *
 * <p>Thread-safe.
 */
public final class FairPermits {

    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int total;
    private int free;

    public FairPermits(int total) {
        this.total = total;
        this.free = total;
    }

    /** Takes a permit. Waits until one is free, even if the thread is interrupted. */
    public void take() {
        var served = new CompletableFuture<Void>();
        if (!takeOr(() -> served.complete(null))) {
            served.join();
        }
    }

    /**
     * Takes a permit if one is free and nobody waits for one. Returns immediately.
     *
     * @param served runs only if this method returns false, when the caller has its permit: on the thread that called {@link #release}
     *     or {@link #change}, without a lock of this object
     */
    public boolean takeOr(Runnable served) {
        lock.lock();
        try {
            if (waiting.isEmpty() && free > 0) {
                free--;
                return true;
            }
            waiting.add(served);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Releases one permit. */
    public void release() {
        lock.lock();
        try {
            free++;
        } finally {
            lock.unlock();
        }
        serve();
    }

    /** Changes the number of permits. With a lower number, webhooks in flight continue. */
    public void change(int next) {
        lock.lock();
        try {
            free += next - total;
            total = next;
        } finally {
            lock.unlock();
        }
        serve();
    }

    private void serve() {
        for (var next = nextServed(); next != null; next = nextServed()) {
            next.run();
        }
    }

    private @Nullable Runnable nextServed() {
        lock.lock();
        try {
            if (free <= 0 || waiting.isEmpty()) {
                return null;
            }
            free--;
            return waiting.remove();
        } finally {
            lock.unlock();
        }
    }
}
