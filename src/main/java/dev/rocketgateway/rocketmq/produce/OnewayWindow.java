package dev.rocketgateway.rocketmq.produce;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on one-way bytes that wait for the network to one broker.
 *
 * <p>The client tells nobody when a one-way message has left it, and would keep any number of them in memory. So every
 * quarter of the window a cheap request follows the messages on the same connection: once it is answered, everything
 * handed over before it has left.
 *
 * <pre>
 *   handed over ─────────▶ m m m m m F m m m m        F answered: all m before it have left
 *                          └─ left ─┘ └ waiting ┘      waiting ≤ window, or the next m is refused
 * </pre>
 * While the broker does not answer the fence is tried again, and the window stays full. Thread-safe.
 */
final class OnewayWindow {

    /** Rough cost of a message besides its body: its objects, header and buffers. */
    static final int OVERHEAD = 512;

    /** Returns when an earlier message has certainly left, one way or the other. */
    interface Fence {

        /** @return whether it was answered; false means that nobody knows */
        boolean await() throws InterruptedException;
    }

    private final long window;
    private final Fence fence;
    private final Executor blocking;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong handedOver = new AtomicLong();
    private final AtomicLong left = new AtomicLong();
    private final AtomicBoolean fencing = new AtomicBoolean();
    private volatile boolean closed;

    /**
     * @param blocking runs the fence, one at a time
     */
    OnewayWindow(long window, Fence fence, Executor blocking) {
        this.window = window;
        this.fence = fence;
        this.blocking = blocking;
    }

    /** Takes room for a message, or says that there is none. A message larger than the window passes when it is alone. */
    boolean tryTake(int bodyBytes) {
        long cost = (long) bodyBytes + OVERHEAD;
        while (true) {
            long before = taken.get();
            long waiting = before - left.get();
            if (waiting > 0 && waiting + cost > window) {
                fenceIfIdle();
                return false;
            }
            if (taken.compareAndSet(before, before + cost)) {
                return true;
            }
        }
    }

    /** A message that had taken room was handed to the client, or will not be. */
    void handedOver(int bodyBytes) {
        handedOver.addAndGet((long) bodyBytes + OVERHEAD);
        if (waiting() >= window / 4) {
            fenceIfIdle();
        }
    }

    /** Bytes that may still wait for the network. */
    long waiting() {
        return taken.get() - left.get();
    }

    /** Ends the fencing; the window is of no use afterwards. */
    void close() {
        closed = true;
    }

    private void fenceIfIdle() {
        if (!closed && waiting() > 0 && fencing.compareAndSet(false, true)) {
            blocking.execute(this::fence);
        }
    }

    private void fence() {
        try {
            long mark = handedOver.get();
            if (fence.await()) {
                left.accumulateAndGet(mark, Math::max);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        } finally {
            fencing.set(false);
        }
        if (waiting() >= window / 4) {
            fenceIfIdle();
        }
    }
}
