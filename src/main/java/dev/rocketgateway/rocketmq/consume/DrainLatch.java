package dev.rocketgateway.rocketmq.consume;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Stops a consumer in such a way that the client counts no result of a listener as a failure.
 *
 * <p>Webhooks of a {@link MessageHandover} count too, and the drain waits for them. But they never wait for the latch: {@link #tryEnter}
 * returns false during the drain, and an outcome settles nothing after {@link #close}.
 *
 * <p>On shutdown, the client interrupts its listeners and can still send their messages back, which costs an attempt. So a listener that
 * starts during the drain waits here until the client has dropped its queues. After that, the client ignores results. A running
 * listener can finish within the limit. If it exceeds the limit, it waits here too.
 *
 * <pre>
 *  OPEN ──begin──▶ DRAINING ──close──▶ CLOSED ──release──▶ RELEASED
 *  enter: continue  enter: wait         enter, exit: wait    no thread waits
 *                   exit: continue, or wait if unsettled
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
    private volatile Phase phase = Phase.OPEN;
    private int underWay;

    /** Messages under way without a listener. Counted without the lock, because event loops would wait for each other. */
    private final AtomicInteger withoutListener = new AtomicInteger();

    /**
     * Called when a listener starts. Waits while draining, even if interrupted.
     *
     * @return whether to handle the message; if false, the result is ignored
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

    /** Like {@link #enter}, for messages without a listener: never waits, and returns false while draining and afterwards. */
    boolean tryEnter() {
        withoutListener.incrementAndGet();
        if (phase == Phase.OPEN) {
            return true;
        }
        leave();
        return false;
    }

    /**
     * Called when a listener starts to settle a message that has passed {@link #tryEnter}. Never waits; from now on, the message counts like
     * any other message of a listener, up to {@link #exit}.
     */
    void enterAgain() {
        lock.lock();
        try {
            underWay++;
        } finally {
            lock.unlock();
        }
        leave();
    }

    /** Called after {@link #tryEnter} returned true, when the message is settled or given up. */
    void leave() {
        if (withoutListener.decrementAndGet() == 0 && phase != Phase.OPEN) {
            lock.lock();
            changed.signalAll();
            lock.unlock();
        }
    }

    /**
     * Called when a listener has finished. Waits until the client ignores results, if the result is too late to count, or if
     * messages are left without a result. Waits even if interrupted.
     *
     * @param unsettled whether messages are left without a result
     */
    void exit(boolean unsettled) {
        lock.lock();
        try {
            underWay--;
            changed.signalAll();
            if (unsettled || phase == Phase.CLOSED) {
                awaitRelease();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether results of running listeners still count. */
    boolean isCounting() {
        var now = phase;
        return now == Phase.OPEN || now == Phase.DRAINING;
    }

    /** Starts the drain: no listener starts from now on. */
    void begin() {
        to(Phase.DRAINING);
    }

    /**
     * Waits until no listener runs and no webhook of a handover is in flight.
     *
     * @return whether all have finished
     */
    boolean awaitIdle(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (isBusy() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !isBusy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean isBusy() {
        return underWay > 0 || withoutListener.get() > 0;
    }

    /** Ends the drain: no result counts from now on. */
    void close() {
        to(Phase.CLOSED);
    }

    /** Releases all waiting listeners, after the client has dropped its queues. */
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

    /** Waits until listener threads have recorded their results in the client, after {@link #exit}. */
    static void letResultsBeRecorded() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
