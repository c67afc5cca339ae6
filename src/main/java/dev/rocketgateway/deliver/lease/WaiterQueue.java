package dev.rocketgateway.deliver.lease;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait, in the order in which they came, and whether somebody takes messages for them. A caller for which messages are
 * being taken is not in the queue. Thread-safe.
 */
final class WaiterQueue {

    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean served;

    /** Adds a caller. Returns whether nobody takes messages, so that whoever calls this must begin. */
    synchronized boolean addAndStart(Waiter waiter) {
        waiters.addLast(waiter);
        boolean start = !served;
        served = true;
        return start;
    }

    /** Whether a caller waits. If not, whoever calls this must stop taking messages, and the next caller begins again. */
    synchronized boolean continues() {
        served = !waiters.isEmpty();
        return served;
    }

    synchronized @Nullable Waiter poll() {
        return waiters.pollFirst();
    }

    /** Takes the first caller with the same length of leases that can get so many messages. */
    synchronized Optional<Waiter> pollLike(Waiter other, int messages) {
        var found = waiters.stream()
                .filter(one -> one.max() >= messages && one.visibility().equals(other.visibility()))
                .findFirst();
        found.ifPresent(waiters::remove);
        return found;
    }

    /** Puts a caller back to the head, for which there was no message. Returns false if it no longer waits. */
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

    /** How long the last caller still waits; zero without callers. */
    synchronized Duration longestWait() {
        return waiters.stream().map(Waiter::left).max(Duration::compareTo).orElse(Duration.ZERO);
    }
}
