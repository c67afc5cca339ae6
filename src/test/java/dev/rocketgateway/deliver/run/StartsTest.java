package dev.rocketgateway.deliver.run;

import static dev.rocketgateway.subscription.TestSubscriptions.subscription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StartsTest {

    private final FakeDelivery fakes = new FakeDelivery();
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<SubscriptionRun> started = new ArrayList<>();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private long now = 7;
    private boolean stopping;
    private final Starts starts = new Starts(
            task -> {
                if (stopping) {
                    throw new RejectedExecutionException();
                }
                threads.add(task);
            },
            started::add,
            later::add,
            () -> now);

    private List<SubscriptionRun> runs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new SubscriptionRun(subscription("s" + i), fakes.services()))
                .toList();
    }

    private void end() {
        threads.remove().run();
    }

    @Test
    void startsAFewAtATimeInTheirOrder() {
        var runs = runs(20);

        starts.set(runs);
        assertThat(threads).hasSize(8);

        for (int ended = 1; ended <= 20; ended++) {
            end();
            assertThat(threads).hasSize(Math.min(8, 20 - ended));
        }
        assertThat(started).isEqualTo(runs);
    }

    @Test
    void keepsThePlaceOfARunThatIsAddedAgain() {
        var runs = runs(10);
        starts.set(runs);

        starts.set(List.of(runs.get(9), runs.get(8)));
        while (!threads.isEmpty()) {
            end();
        }

        assertThat(started).isEqualTo(runs);
    }

    @Test
    void doesNotCountAStartThatTakesLong() {
        var runs = runs(9);
        starts.set(runs);

        now += Starts.LONG.toNanos();
        later.getLast().run();
        assertThat(threads).as("not long yet").hasSize(8);

        now++;
        later.getLast().run();
        assertThat(threads).hasSize(9);
    }

    @Test
    void startsThoseWhoseLastStartFailedAfterTheOthers() {
        var runs = runs(10);
        starts.set(runs.subList(0, 8));
        while (!threads.isEmpty()) {
            end();
        }

        starts.set(runs);
        while (!threads.isEmpty()) {
            end();
        }

        assertThat(started.subList(8, 18))
                .startsWith(runs.get(8), runs.get(9))
                .containsExactlyInAnyOrderElementsOf(runs);
    }

    @Test
    void startsTheOthersAfterAFailure() {
        var failing = new Starts(
                threads::add,
                run -> {
                    throw new IllegalStateException("a bug");
                },
                later::add,
                () -> now);
        failing.set(runs(9));

        assertThatCode(this::end).isInstanceOf(IllegalStateException.class);

        assertThat(threads).hasSize(8);
    }

    @Test
    void startsNothingMoreAtTheEnd() {
        starts.set(runs(12));
        starts.clear();
        end();
        assertThat(threads).hasSize(7);

        stopping = true;
        starts.set(runs(3));
        stopping = false;
        end();
        assertThat(threads).hasSize(6);
    }
}
