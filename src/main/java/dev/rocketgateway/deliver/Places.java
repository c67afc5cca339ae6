package dev.rocketgateway.rocketmq;

import java.util.concurrent.Semaphore;

/**
 * For as many calls of a listener at once as are wanted. The client's threads alone do not see to that: where there are too many
 * of them they end only after a minute without work, and with a backlog none of them is ever without. Thread-safe.
 */
final class Places extends Semaphore {

    private int total;

    Places(int total) {
        super(total, true);
        this.total = total;
    }

    /** Fewer take effect with the calls that begin from now on. */
    synchronized void change(int next) {
        if (next > total) {
            release(next - total);
        } else {
            reducePermits(total - next);
        }
        total = next;
    }
}
