package dev.rocketgateway.deliver.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The queue of waiting callers, in the order in which they came. It also records whether a loop that takes messages for them runs. While
 * the loop takes messages for a caller, this caller is not in the queue. Thread-safe.
 */
final class WaiterQueue {

    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean served;

    /** Adds a caller. Returns true if no loop runs; the code that gets true must start the loop. */
    synchronized boolean addAndStart(Waiter waiter) {
        waiters.addLast(waiter);
        boolean start = !served;
        served = true;
        return start;
    }

    /** Whether a caller waits. If not, the loop must end, and the next caller starts it again. */
    synchronized boolean continues() {
        served = !waiters.isEmpty();
        return served;
    }

    synchronized @Nullable Waiter poll() {
        return waiters.pollFirst();
    }

    /** Removes and returns the first caller that asked for the same length of leases and at least this number of messages. */
    synchronized Optional<Waiter> pollLike(Waiter other, int messages) {
        var found = waiters.stream()
                .filter(one -> one.max() >= messages && one.visibility().equals(other.visibility()))
                .findFirst();
        found.ifPresent(waiters::remove);
        return found;
    }

    /** Puts a caller for which there was no message back at the head. Returns false if the caller no longer waits. */
    synchronized boolean putBack(Waiter waiter) {
        if (waiter.isTimeUp() || waiter.messages().isDone()) {
            return false;
        }
        waiters.addFirst(waiter);
        return true;
    }

    synchronized void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    /** Records that the time of a caller is up. Returns whether it was in the queue, and removes it. */
    synchronized boolean end(Waiter waiter) {
        waiter.setTimeIsUp();
        return waiters.remove(waiter);
    }

    synchronized List<Waiter> all() {
        return List.copyOf(waiters);
    }

    /** The longest remaining waiting time of all callers; zero without callers. */
    synchronized Duration longestWait() {
        return waiters.stream().map(Waiter::left).max(Duration::compareTo).orElse(Duration.ZERO);
    }
}
