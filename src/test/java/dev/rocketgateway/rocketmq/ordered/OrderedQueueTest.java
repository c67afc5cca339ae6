package dev.rocketgateway.rocketmq.ordered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrderedQueueTest {

    private final FakeQueue calls = new FakeQueue();
    private final Turns turns = new Turns(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<String> delivered = Collections.synchronizedList(new ArrayList<>());
    private volatile Function<MessageExt, Settlement> delivery = message -> new Settlement.Acknowledge();
    private final OrderedQueue queue =
            new OrderedQueue("orders/broker-a/3", calls, turns, timer, new Deliveries(threads, (message, held) -> {
                delivered.add(message.getMsgId());
                return delivery.apply(message);
            }));

    @AfterEach
    void stop() {
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private void awaitCalls(String... expected) {
        await().untilAsserted(() -> assertThat(calls.calls()).containsExactly(expected));
    }

    @Test
    void takesTheNextMessageWhenTheOneBeforeIsSettledAndThenWaits() {
        calls.messages.add(FakeQueue.message("a", 1));
        calls.messages.add(FakeQueue.message("b", 1));

        queue.start();

        awaitCalls("take", "acknowledge", "position", "take", "acknowledge", "position", "take", "await");
        assertThat(delivered).containsExactly("a", "b");
        assertThat(calls.attemptIds).doesNotHaveDuplicates();
    }

    /** A take also skips messages that the filter does not match. */
    @Test
    void takesAfterEachWaitEvenIfNothingHasArrived() {
        queue.start();
        awaitCalls("take", "await");

        calls.waiting.complete(Arrival.NONE);

        awaitCalls("take", "await", "take", "await");
    }

    @Test
    void pausesWhenAnotherReplicaTookWhatHadArrived() {
        queue.start();
        awaitCalls("take", "await");

        calls.waiting.complete(Arrival.SOME);

        awaitCalls("take", "await", "take", "take", "await");
    }

    /** The answer with the message may be lost; the id of the call gets the message again. */
    @Test
    void repeatsATakeThatFailedWithTheSameId() {
        calls.fail("take");
        calls.fail("take");
        calls.messages.add(FakeQueue.message("a", 1));

        queue.start();

        await().until(() -> delivered.contains("a"));
        assertThat(calls.attemptIds.subList(0, 3).stream().distinct()).hasSize(1);
        await().until(() -> calls.attemptIds.size() == 4);
        assertThat(calls.attemptIds.get(3)).isNotEqualTo(calls.attemptIds.get(0));
    }

    @Test
    void waitsOutTheDelayOfAMessageThatFailed() {
        calls.messages.add(FakeQueue.message("a", 1));
        delivery = message -> new Settlement.Redeliver(Optional.of(Duration.ofMillis(200)));

        queue.start();

        awaitCalls("take", "extend PT0.2S", "await", "take", "await");
    }

    /** Otherwise a queue whose webhook is slow would keep all others waiting. */
    @Test
    void usesATurnOnlyForTheDelivery() {
        calls.answer("acknowledge", new CompletableFuture<Void>());
        calls.messages.add(FakeQueue.message("a", 1));
        queue.start();
        await().until(() -> calls.calls().contains("acknowledge"));
        var other = new CountDownLatch(1);

        turns.ask(end -> other.countDown());

        await().until(() -> other.getCount() == 0);
        assertThat(calls.calls()).containsExactly("take", "acknowledge");
    }

    /** The turn of another queue can begin in the same call. With locks held, two queues would wait for each other for ever. */
    @Test
    void asksForATurnWithoutItsLock() {
        var locked = Collections.synchronizedList(new ArrayList<Boolean>());
        calls.onTake = () -> locked.add(Thread.holdsLock(queue));
        queue.start();
        awaitCalls("take", "await");

        calls.waiting.complete(Arrival.NONE);

        awaitCalls("take", "await", "take", "await");
        assertThat(locked).containsExactly(false, false);
    }

    @Test
    void stopsAfterTheCurrentMessage() {
        calls.messages.add(FakeQueue.message("a", 1));
        calls.messages.add(FakeQueue.message("b", 1));
        var end = new CompletableFuture<Settlement>();
        delivery = message -> end.join();
        queue.start();
        await().until(() -> delivered.contains("a"));

        queue.close();
        assertThat(queue.idle()).isNotDone();
        end.complete(new Settlement.Acknowledge());

        queue.idle().join();
        assertThat(calls.calls()).containsExactly("take", "acknowledge", "position");
        assertThat(delivered).containsExactly("a");
    }

    @Test
    void givesBackAMessageThatCameAfterTheStop() {
        var answer = new CompletableFuture<Object>();
        calls.answer("take", answer);
        calls.messages.add(FakeQueue.message("a", 1));
        queue.start();

        queue.close();
        answer.complete(null);

        queue.idle().join();
        assertThat(calls.calls()).containsExactly("take", "extend PT1S");
        assertThat(delivered).isEmpty();
    }

    @Test
    void releasesAMessageWhoseWebhookTakesTooLong() {
        calls.messages.add(FakeQueue.message("a", 1));
        var end = new CompletableFuture<Settlement>();
        delivery = message -> end.join();
        queue.start();
        await().until(() -> delivered.contains("a"));

        queue.close();
        queue.release();
        await().until(() -> calls.calls().contains("extend PT1S"));
        end.complete(new Settlement.Acknowledge());

        queue.idle().join();
        assertThat(calls.calls()).containsExactly("take", "extend PT1S");
    }

    @Test
    void anIdleQueueStopsAtOnceAndItsWaitDoesNothing() {
        queue.start();
        awaitCalls("take", "await");

        queue.close();
        calls.waiting.complete(Arrival.SOME);

        assertThat(queue.idle()).isDone();
        assertThat(calls.calls()).containsExactly("take", "await");
    }
}
