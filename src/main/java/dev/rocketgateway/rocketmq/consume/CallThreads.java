package dev.rocketgateway.rocketmq.consume;

import java.util.function.IntConsumer;
import org.jboss.logging.Logger;

/**
 * Keeps no more threads of a consumer than its calls need: one more than run at the same time, up to a maximum. Without this, the
 * client creates a thread for each call until it has the maximum, and never ends them, even if there is one message a day.
 *
 * <pre>
 *   calls at the same time   0   1   2   3   2   1   0
 *   threads                  1   2   3   4   4   4   4 ──▶ {@link #shrink} ──▶ those that stay idle end
 * </pre>
 * Thread-safe.
 */
final class CallThreads {

    private static final Logger LOG = Logger.getLogger(CallThreads.class);

    private final IntConsumer core;
    private int most;
    private int threads;
    private int calls;
    private int peak;

    /**
     * @param core sets the number of threads that the client keeps; it creates missing ones when calls wait, and ends surplus ones
     *     after they were idle for a minute
     * @param most maximum number of threads, at least 1
     */
    CallThreads(IntConsumer core, int most) {
        this.core = core;
        this.most = most;
        this.threads = 1;
    }

    /** Changes the maximum number of threads. Calls that run continue. */
    synchronized void limit(int next) {
        most = next;
        keep(Math.min(most, calls + 1));
    }

    /** Records that a call begins, on its thread. */
    synchronized void begin() {
        calls++;
        peak = Math.max(peak, calls);
        if (calls >= threads) {
            keep(Math.min(most, calls + 1));
        }
    }

    /** Records that a call has ended. */
    synchronized void end() {
        calls--;
    }

    /** Gives up threads that no call needed since this method was called before. */
    synchronized void shrink() {
        keep(Math.min(most, Math.min(threads, peak + 1)));
        peak = calls;
    }

    private void keep(int number) {
        if (number != threads) {
            try {
                core.accept(number);
                threads = number;
            } catch (OutOfMemoryError noThread) {
                LOG.warn("a consumer cannot have more threads, its messages wait for those that it has", noThread);
            }
        }
    }
}
