package dev.rocketgateway.rocketmq.ordered;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits the number of queues that are served at once. Queues get turns in the order in which they ask, and ask again for each message. So a
 * queue with many messages does not delay other queues. Thread-safe; never blocks.
 */
final class Turns {

    private final Deque<Consumer<Runnable>> asking = new ArrayDeque<>();
    private int limit;
    private int taken;

    Turns(int limit) {
        this.limit = limit;
    }

    /** Changes the maximum number of turns at once. */
    void change(int next) {
        synchronized (this) {
            limit = next;
        }
        giveFreeTurns();
    }

    /**
     * Asks for a turn.
     *
     * @param turn called when the turn begins, with the code that ends the turn; must not block
     */
    void ask(Consumer<Runnable> turn) {
        synchronized (this) {
            asking.add(turn);
        }
        giveFreeTurns();
    }

    private void giveFreeTurns() {
        for (var next = next(); next != null; next = next()) {
            var ended = new AtomicBoolean();
            next.accept(() -> {
                if (ended.compareAndSet(false, true)) {
                    end();
                }
            });
        }
    }

    private synchronized @Nullable Consumer<Runnable> next() {
        if (taken >= limit || asking.isEmpty()) {
            return null;
        }
        taken++;
        return asking.remove();
    }

    private void end() {
        synchronized (this) {
            taken--;
        }
        giveFreeTurns();
    }
}
