package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LimitedExecutorTest {

    private final Queue<Runnable> shared = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final LimitedExecutor limited = new LimitedExecutor(shared::add, 2);

    @Test
    void runsAFewAtATimeInTheirOrder() {
        for (var name : List.of("a", "b", "c", "d")) {
            limited.execute(() -> done.add(name));
        }
        assertThat(shared).hasSize(2);

        shared.remove().run();
        assertThat(shared).hasSize(2);
        while (!shared.isEmpty()) {
            shared.remove().run();
        }

        assertThat(done).containsExactly("a", "b", "c", "d");
    }

    @Test
    void goesOnAfterATaskThatFails() {
        for (int i = 0; i < 3; i++) {
            limited.execute(() -> {
                throw new IllegalStateException("a bug");
            });
        }
        limited.execute(() -> done.add("last"));

        while (!shared.isEmpty()) {
            var task = shared.remove();
            try {
                task.run();
            } catch (IllegalStateException bug) {
                // As a thread of a pool would.
            }
        }

        assertThat(done).containsExactly("last");
    }

    @Test
    void tellsThatTheOtherExecutorHasEnded() {
        var ended = new LimitedExecutor(
                task -> {
                    throw new RejectedExecutionException("ended");
                },
                2);

        assertThatThrownBy(() -> ended.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
