package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import java.time.Duration;

/**
 * Counts the waits of a queue after which the broker announced a message that was not there. The broker announces one message to all
 * replicas, and only one of them gets it. After each such wait, the pause doubles, so that repeated empty waits do not load the broker.
 * Not thread-safe.
 */
final class EmptyWaits {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final int MAX_DOUBLINGS = 6;

    private boolean announced;
    private int empty;

    /** Records the end of a wait. */
    void waited(Arrival arrival) {
        announced = arrival == Arrival.SOME;
        if (!announced) {
            empty = 0;
        }
    }

    /** Records that the replica took a message. */
    void foundMessage() {
        announced = false;
        empty = 0;
    }

    /**
     * Records that there was no message to take.
     *
     * @return how long to pause before the next take; zero to wait for a message instead
     */
    Duration foundNothing() {
        if (!announced) {
            return Duration.ZERO;
        }
        announced = false;
        return FIRST_PAUSE.multipliedBy(1L << Math.min(empty++, MAX_DOUBLINGS));
    }
}
