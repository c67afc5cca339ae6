package dev.rocketgateway.deliver.breaker;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * For as many webhooks at once as are wanted. The threads that deliver do not see to that: each may have several under way, and
 * where there are too many of them they end only when they have had no work for a while.
 *
 * <p>Whoever waits gets all it needs at once, and in turn. So what one thread sends together is sent before what came after it, and when
 * a reception ends there is nothing unsent before what was sent, which would have the latter delivered again.
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
     * Waits for so many places, or for all there are if those are fewer, whatever interrupts the thread.
     *
     * @return how many were taken, at least one; to be released together or one by one
     */
    public int take(int atMost) {
        lock.lock();
        try {
            var own = new Waiting(lock.newCondition(), atMost);
            waiting.add(own);
            serve();
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

    /** Fewer take effect with the webhooks that begin from now on. */
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
