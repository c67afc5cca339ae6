package dev.rocketgateway.rocketmq.consume;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets a consumer stop without a listener's result being taken for a failure.
 *
 * <p>The client interrupts its listeners on shutdown and may still send their messages back, which costs an attempt. So
 * listeners that come after the drain began wait here until the client has forgotten its queues, after which their results
 * are ignored; those that were under way may finish until the limit, and wait here too if they do not make it.
 *
 * <pre>
 *  OPEN ──begin──▶ DRAINING ──close──▶ CLOSED ──release──▶ RELEASED
 *  enter: go on     enter: wait         enter, exit: wait    nobody waits
 *                   exit: go on
 * </pre>
 */
final class DrainLatch {

    private enum Phase {
        OPEN,
        DRAINING,
        CLOSED,
        RELEASED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Phase phase = Phase.OPEN;
    private int underWay;

    /**
     * A listener begins. Waits while draining, whatever interrupts it.
     *
     * @return whether to handle the message; if not, the result does not matter
     */
    boolean enter() {
        lock.lock();
        try {
            if (phase == Phase.OPEN) {
                underWay++;
                return true;
            }
            awaitRelease();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** A listener that entered has its result. Waits if that came too late to count, whatever interrupts it. */
    void exit() {
        lock.lock();
        try {
            underWay--;
            changed.signalAll();
            if (phase == Phase.CLOSED) {
                awaitRelease();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A listener that entered leaves its messages as they were. Waits for the release, whatever interrupts it. */
    void exitUnsettled() {
        lock.lock();
        try {
            underWay--;
            changed.signalAll();
            awaitRelease();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the results of those under way still count. */
    boolean isCounting() {
        lock.lock();
        try {
            return phase == Phase.OPEN || phase == Phase.DRAINING;
        } finally {
            lock.unlock();
        }
    }

    /** From now on no listener begins. */
    void begin() {
        to(Phase.DRAINING);
    }

    /**
     * Waits for those under way.
     *
     * @return whether all have finished
     */
    boolean awaitIdle(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (underWay > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return underWay == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** From now on no result counts. */
    void close() {
        to(Phase.CLOSED);
    }

    /** The client has forgotten its queues; everybody may go. */
    void release() {
        to(Phase.RELEASED);
    }

    private void to(Phase next) {
        lock.lock();
        try {
            phase = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitRelease() {
        while (phase != Phase.RELEASED) {
            changed.awaitUninterruptibly();
        }
    }

    /** How long a listener's thread may need from its result to the client's books, after {@link #exit}. */
    static void letResultsBeRecorded() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
