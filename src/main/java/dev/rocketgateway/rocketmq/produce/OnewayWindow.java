package dev.rocketgateway.rocketmq.produce;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the bytes of one-way messages that wait for the network to one broker.
 *
 * <p>The client does not report when a one-way message has left, and would keep any number of them in memory. So after every
 * quarter of the window, a cheap request (fence) follows on the same connection. When the fence is answered, all earlier messages
 * have left.
 *
 * <pre>
 *   handed over ─────────▶ m m m m m F m m m m        F answered: all m before it have left
 *                          └─ left ─┘ └ waiting ┘      waiting ≤ window, or the next m is refused
 * </pre>
 * While the broker does not answer, the fence is retried and the window stays full. Thread-safe.
 */
final class OnewayWindow {

    /** Approximate size of a message without its body: its objects, header and buffers. */
    static final int OVERHEAD = 512;

    /** A request whose answer means that all earlier messages have left. */
    interface Fence {

        /**
         * Sends the request and waits for the answer.
         *
         * @return whether the request was answered; false means that the messages may still wait
         */
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

    /**
     * Reserves room for a message; returns false if the window has none. A message larger than the window passes if it is alone.
     */
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

    /**
     * Records that a message was handed to the client, or never will be. Must be called once for each successful {@link #tryTake}.
     */
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

    /** Stops the fences; the window cannot be used afterwards. */
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
