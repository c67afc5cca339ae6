package dev.rocketgateway.deliver.lease;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * A caller that waits for messages. The lock of {@link WaiterQueue} guards its fields.
 */
final class Waiter {

    private final int max;
    private final Duration visibility;
    private final CompletableFuture<Taken> messages = new CompletableFuture<>();
    private long endsAt;
    private boolean timeIsUp;

    /**
     * @param max maximum number of messages
     * @param visibility length of the leases
     */
    Waiter(int max, Duration visibility) {
        this.max = max;
        this.visibility = visibility;
    }

    int max() {
        return max;
    }

    Duration visibility() {
        return visibility;
    }

    /** Completes with messages, or without messages when the time is up. Cancelled when the caller has gone. */
    CompletableFuture<Taken> messages() {
        return messages;
    }

    void waitsFor(Duration wait) {
        endsAt = System.nanoTime() + wait.toNanos();
    }

    /** Remaining waiting time of the caller; negative if its time is up. */
    Duration left() {
        return Duration.ofNanos(endsAt - System.nanoTime());
    }

    /** Registers the timer that ends the waiting. If the waiting ends before, the timer is cancelled. */
    void endBy(Future<?> newTimer) {
        messages.whenComplete((found, failure) -> newTimer.cancel(false));
    }

    void setTimeIsUp() {
        timeIsUp = true;
    }

    boolean isTimeUp() {
        return timeIsUp;
    }
}
