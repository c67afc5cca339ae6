package dev.rocketgateway.rocketmq.ordered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.MessageSource.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeldMessageTest {

    private final FakeQueue queue = new FakeQueue();
    private final ImpatientTimer timer = new ImpatientTimer();
    private final HeldMessage held = new HeldMessage(queue, FakeQueue.message("m", 2), System.nanoTime(), timer);

    /** Runs at once what is to run later, and lets the test run what is to run again and again. */
    private static final class ImpatientTimer extends ScheduledThreadPoolExecutor {

        private Runnable repeated = () -> {};
        private boolean cancelled;

        ImpatientTimer() {
            super(1);
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> command, long delay, TimeUnit unit) {
            return super.schedule(command, 0, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
            repeated = command;
            return new Cancellable();
        }

        /** The handle of the repeated work. */
        private final class Cancellable extends CompletableFuture<Void> implements ScheduledFuture<Void> {

            @Override
            public boolean cancel(boolean interrupt) {
                cancelled = true;
                return true;
            }

            @Override
            public long getDelay(TimeUnit unit) {
                return 0;
            }

            @Override
            public int compareTo(Delayed other) {
                return 0;
            }
        }
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void acknowledgesAndReadsThePosition() {
        held.settle(new Settlement.Acknowledge()).join();

        assertThat(queue.calls()).containsExactly("acknowledge", "position");
    }

    @ParameterizedTest
    @CsvSource({"PT1S", "PT2H"})
    void endsTheLeaseAfterExactlyTheDelay(Duration delay) {
        held.settle(new Settlement.Redeliver(Optional.of(delay))).join();

        assertThat(queue.calls()).containsExactly("extend " + delay);
    }

    @Test
    void waitsAsLongAsTheBrokersDefaultWithoutAPlan() {
        held.settle(new Settlement.Redeliver(Optional.empty())).join();

        assertThat(queue.calls()).as("after attempt 2").containsExactly("extend PT30S");
    }

    @Test
    void acknowledgesADeadLetterOnlyWhenItIsStored() {
        queue.fail("deadLetter");

        held.settle(new Settlement.DeadLetter()).join();

        assertThat(queue.calls()).containsExactly("deadLetter", "deadLetter", "acknowledge", "position");
    }

    @Test
    void givesBackWhatIsUnsettled() {
        held.settle(new Settlement.Unsettled()).join();

        assertThat(queue.calls()).containsExactly("extend PT1S");
    }

    @Test
    void repeatsAnAcknowledgementThatTheBrokerDoesNotConfirm() {
        queue.fail("acknowledge");
        queue.fail("acknowledge");

        held.settle(new Settlement.Acknowledge()).join();

        assertThat(queue.calls()).containsExactly("acknowledge", "acknowledge", "acknowledge", "position");
    }

    @Test
    void anUnreadPositionIsNoFailure() {
        queue.fail("position");

        held.settle(new Settlement.Acknowledge()).join();

        assertThat(queue.calls()).containsExactly("acknowledge", "position");
    }

    @Test
    void givesUpWhenTheBrokerStaysAway() {
        for (int i = 0; i < 20; i++) {
            queue.fail("acknowledge");
        }

        held.settle(new Settlement.Acknowledge()).join();

        assertThat(queue.calls()).hasSize(10).containsOnly("acknowledge");
    }

    @Test
    void onlyTheFirstSettlementCounts() {
        held.settle(new Settlement.Unsettled()).join();
        held.settle(new Settlement.Acknowledge()).join();

        assertThat(queue.calls()).containsExactly("extend PT1S");
    }

    @Test
    void renewsTheLeaseUntilTheSettlement() {
        held.renew();
        timer.repeated.run();
        timer.repeated.run();
        assertThat(queue.calls()).containsExactly("extend PT30S", "extend PT30S");

        held.settle(new Settlement.Acknowledge()).join();
        timer.repeated.run();

        assertThat(timer.cancelled).isTrue();
        assertThat(queue.calls()).endsWith("acknowledge", "position").hasSize(4);
    }

    /** A renewal that the broker gets after the settlement would hold the queue for half a minute. */
    @Test
    void settlesAfterARenewalThatIsStillOnItsWay() {
        var renewal = new CompletableFuture<Void>();
        queue.answer("extend", renewal);
        held.renew();
        timer.repeated.run();
        timer.repeated.run();

        var settled = held.settle(new Settlement.Redeliver(Optional.of(Duration.ofSeconds(1))));
        assertThat(queue.calls()).containsExactly("extend PT30S");
        renewal.complete(null);

        settled.join();
        assertThat(queue.calls()).containsExactly("extend PT30S", "extend PT1S");
    }

    @Test
    void holdsTheMessageUntilItsLeaseEnds() {
        assertThat(held.holds()).isTrue();

        var old = new HeldMessage(
                queue, FakeQueue.message("m", 1), System.nanoTime() - HeldMessage.LEASE.toNanos(), timer);
        assertThat(old.holds()).isFalse();

        old.renew();
        queue.fail("extend");
        timer.repeated.run();
        assertThat(old.holds()).as("not renewed").isFalse();
        timer.repeated.run();
        await().until(old::holds);
    }
}
