package dev.rocketgateway.rocketmq.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainLatchTest {

    private final DrainLatch latch = new DrainLatch();

    @Test
    void letsListenersThroughWhileOpen() {
        assertThat(latch.enter()).isTrue();
        latch.exit(false);
        assertThat(latch.awaitIdle(Duration.ZERO)).isTrue();
    }

    @Test
    void waitsForThoseUnderWayAndNotLonger() {
        latch.enter();
        latch.begin();
        assertThat(latch.awaitIdle(Duration.ofMillis(20))).isFalse();

        var idle = CompletableFuture.supplyAsync(() -> latch.awaitIdle(Duration.ofSeconds(10)));
        latch.exit(false);

        assertThat(idle.join()).isTrue();
    }

    @Test
    void holdsThoseThatComeWhileDrainingWhateverInterruptsThem() {
        latch.begin();
        var entered = new CompletableFuture<Boolean>();
        var thread = new Thread(() -> entered.complete(latch.enter()));
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);

        thread.interrupt();
        latch.close();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        assertThat(entered).isNotDone();
        latch.release();

        assertThat(entered.join()).isFalse();
    }

    @Test
    void holdsResultsThatComeTooLateToCount() {
        latch.enter();
        latch.begin();
        latch.close();
        var left = CompletableFuture.runAsync(() -> latch.exit(false));
        await().until(() -> latch.awaitIdle(Duration.ZERO));
        assertThat(left).isNotDone();

        latch.release();

        left.join();
    }

    @Test
    void holdsThoseThatLeaveTheirMessagesAsTheyWereAndCountsThemAsDone() {
        latch.enter();
        var left = CompletableFuture.runAsync(() -> latch.exit(true));
        await().until(() -> latch.awaitIdle(Duration.ZERO));
        latch.begin();
        latch.close();
        assertThat(left).isNotDone();

        latch.release();

        left.join();
    }

    @Test
    void saysWhetherResultsStillCount() {
        assertThat(latch.isCounting()).isTrue();
        latch.begin();
        assertThat(latch.isCounting()).isTrue();
        latch.close();
        assertThat(latch.isCounting()).isFalse();
        latch.release();
        assertThat(latch.isCounting()).isFalse();
    }

    @Test
    void letsMessagesWithoutAListenerThroughWhileOpenAndWaitsForThem() {
        assertThat(latch.tryEnter()).isTrue();
        latch.begin();

        assertThat(latch.tryEnter()).isFalse();
        assertThat(latch.awaitIdle(Duration.ZERO)).isFalse();
        latch.leave();
        assertThat(latch.awaitIdle(Duration.ZERO)).isTrue();
    }

    @Test
    void neverHoldsMessagesWithoutAListener() {
        latch.tryEnter();
        latch.begin();
        latch.close();

        latch.leave();

        assertThat(latch.tryEnter()).isFalse();
        assertThat(latch.awaitIdle(Duration.ZERO)).isTrue();
    }

    @Test
    void countsAMessageOnceThatAListenerSettles() {
        latch.tryEnter();
        latch.enterAgain();
        latch.begin();
        assertThat(latch.awaitIdle(Duration.ZERO)).isFalse();

        latch.exit(false);

        assertThat(latch.awaitIdle(Duration.ZERO)).isTrue();
    }

    @Test
    void isWokenByTheLastMessageWithoutAListener() throws Exception {
        latch.tryEnter();
        latch.begin();
        var thread = new CompletableFuture<Thread>();
        var idle = CompletableFuture.supplyAsync(() -> {
            thread.complete(Thread.currentThread());
            return latch.awaitIdle(Duration.ofDays(1));
        });
        await().until(() -> thread.join().getState() == Thread.State.TIMED_WAITING);

        latch.leave();

        assertThat(idle.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
