package dev.rocketgateway.deliver.breaker;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits the number of concurrent webhooks with permits. The number of delivery threads does not limit webhooks: each thread may
 * have several webhooks in flight, and surplus threads end only after they were idle for some time.
 *
 * <p>A thread gets all the permits that it asks for together. Threads get permits in the order in which they ask, which is the
 * order of their messages in the broker's queue. So when consumption stops, no unsent message precedes a sent one, and sent
 * messages are not delivered again.
 *
 * <p>Thread-safe.
 */
public final class FairPermits {

    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int total;
    private int free;

    private static final class Waiting {

        private final Condition served;
        private final int atMost;
        private int taken;

        Waiting(Condition served, int atMost) {
            this.served = served;
            this.atMost = atMost;
        }
    }

    public FairPermits(int total) {
        this.total = total;
        this.free = total;
    }

    /**
     * Takes the given number of permits, or all permits if there are fewer in total. Waits until so many are free, even if the
     * thread is interrupted.
     *
     * @return number of permits taken, at least one; release them together or one by one
     */
    public int take(int atMost) {
        lock.lock();
        try {
            int wanted = Math.min(atMost, total);
            if (waiting.isEmpty() && free >= wanted) {
                free -= wanted;
                return wanted;
            }
            var own = new Waiting(lock.newCondition(), atMost);
            waiting.add(own);
            while (own.taken == 0) {
                own.served.awaitUninterruptibly();
            }
            return own.taken;
        } finally {
            lock.unlock();
        }
    }

    public void release(int places) {
        lock.lock();
        try {
            free += places;
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Changes the number of permits. With a lower number, webhooks in flight continue. */
    public void change(int next) {
        lock.lock();
        try {
            free += next - total;
            total = next;
            serve();
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        for (var first = waiting.peek(); first != null; first = waiting.peek()) {
            int wanted = Math.min(first.atMost, total);
            if (free < wanted) {
                return;
            }
            free -= wanted;
            first.taken = wanted;
            first.served.signal();
            waiting.remove();
        }
    }
}
