package dev.rocketgateway.rocketmq.ordered;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives turns to queues: at most a number of them at once, in the order in which the queues ask. So a queue with many messages does not
 * keep the others waiting. Thread-safe; never blocks.
 */
final class Turns {

    private final Deque<Consumer<Runnable>> asking = new ArrayDeque<>();
    private int limit;
    private int taken;

    Turns(int limit) {
        this.limit = limit;
    }

    /** Changes the number of turns at once. */
    void change(int next) {
        synchronized (this) {
            limit = next;
        }
        giveFreeTurns();
    }

    /**
     * Asks for a turn.
     *
     * @param turn called when it is its turn, with the code that ends the turn; must not block
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
