package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import java.time.Duration;

/**
 * Counts the waits of a queue that promised a message which was then not there. The broker wakes all replicas for one message, and one of
 * them takes it. The pause after such a wait doubles, so that waits that end at once do no harm. Not thread-safe.
 */
final class EmptyPromises {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final int MOST_DOUBLINGS = 6;

    private boolean promised;
    private int empty;

    /** Records the end of a wait. */
    void waited(Arrival arrival) {
        promised = arrival == Arrival.SOME;
        if (!promised) {
            empty = 0;
        }
    }

    /** Records that a message was there. */
    void kept() {
        promised = false;
        empty = 0;
    }

    /** Records that no message was there. Returns how long to pause before the next take; zero to wait for a message instead. */
    Duration broken() {
        if (!promised) {
            return Duration.ZERO;
        }
        promised = false;
        return FIRST_PAUSE.multipliedBy(1L << Math.min(empty++, MOST_DOUBLINGS));
    }
}
