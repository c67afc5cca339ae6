package dev.rocketgateway.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * A fixed rate by one thread. What is late because the one before took long is measured from when it should have begun: so a
 * pause of the other side counts for all it held up, as it does for callers who do not wait for each other.
 */
final class Pace {

    /** How late a parked thread may wake up; the rest is spun, or the timer would be in the figures. */
    private static final long SPUN_NANOS = 200_000;

    private Pace() {}

    /** One send of which the tally is told, with the time when it was due. */
    interface Send {
        void at(long due, Tally tally);
    }

    static Load run(int perSecond, long nanos, Send send) {
        long interval = 1_000_000_000L / perSecond;
        var tally = new Tally();
        for (long due = tally.begun(); due - tally.begun() < nanos; due += interval) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                if (left > SPUN_NANOS) {
                    LockSupport.parkNanos(left - SPUN_NANOS);
                } else {
                    Thread.onSpinWait();
                }
            }
            send.at(due, tally);
        }
        return tally.load();
    }
}
