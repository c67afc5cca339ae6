package dev.rocketgateway.deliver.attempt;

import static dev.rocketgateway.deliver.Messages.message;
import static dev.rocketgateway.deliver.attempt.ScriptedSender.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookSender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that are taken over, each in a webhook of its own. */
class DirectDeliveryTest extends DeliveryFixture {

    private final List<CompletableFuture<WebhookOutcome>> sent = new CopyOnWriteArrayList<>();
    private final List<String> settled = new CopyOnWriteArrayList<>();

    /** Leaves each webhook to the test. */
    private ScriptedSender open() {
        return new ScriptedSender(number -> {
            var outcome = new CompletableFuture<WebhookOutcome>();
            sent.add(outcome);
            return outcome;
        });
    }

    /** A source that settles messages on threads of its own: twice as many as webhooks may be in flight. */
    private class Received implements MessageSource.Handover {

        private final List<ReceivedMessage> messages;
        private final AtomicReferenceArray<Settlement> settlements;
        private final CompletableFuture<List<Settlement>> all = new CompletableFuture<>();

        private Received(List<ReceivedMessage> messages) {
            this.messages = messages;
            this.settlements = new AtomicReferenceArray<>(messages.size());
        }

        CompletableFuture<List<Settlement>> arrive() {
            assertThat(delivery.takeOver(this)).isTrue();
            return all;
        }

        @Override
        public int size() {
            return messages.size();
        }

        @Override
        public ReceivedMessage message(int index) {
            return messages.get(index);
        }

        @Override
        public boolean takesLong(int index) {
            return messages.get(index).id().startsWith("long");
        }

        @Override
        public boolean holds() {
            return !moved.contains(messages.get(0).id());
        }

        @Override
        public boolean begin(int index) {
            var id = messages.get(index).id();
            begun.add(id);
            return !moved.contains(id);
        }

        @Override
        public void acknowledge(int index) {
            settled(index, ACKNOWLEDGED);
        }

        @Override
        public void giveUp(int index) {
            givenUp.add(messages.get(index).id());
        }

        @Override
        public void settle(int index, MessageSource.Deferred settlement) {
            if (moved.contains(messages.get(index).id())) {
                settlement.drop();
                return;
            }
            consumer.execute(() -> {
                try {
                    settled(index, settlement.settle());
                } catch (RuntimeException bug) {
                    settled(index, redeliver());
                }
            });
        }

        private void settled(int index, Settlement settlement) {
            // First, because another thread completes the stage as soon as it sees all settlements.
            if (!settlement.equals(UNSETTLED)) {
                settled.add(index + " " + settlement.getClass().getSimpleName());
            }
            assertThat(settlements.getAndSet(index, settlement))
                    .as("settled twice")
                    .isNull();
            var known = IntStream.range(0, settlements.length())
                    .mapToObj(settlements::get)
                    .toList();
            if (!known.contains(null)) {
                all.complete(known);
            }
        }
    }

    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final List<String> givenUp = new CopyOnWriteArrayList<>();
    private ExecutorService consumer = Executors.newFixedThreadPool(32);

    @AfterEach
    void stop() {
        consumer.shutdownNow();
    }

    private final Set<String> moved = ConcurrentHashMap.newKeySet();

    private CompletableFuture<List<Settlement>> arriving(int count) {
        var messages =
                IntStream.range(0, count).mapToObj(i -> message("m" + i, 1)).toList();
        return arriving(messages);
    }

    private CompletableFuture<List<Settlement>> arriving(List<ReceivedMessage> messages) {
        return new Received(messages).arrive();
    }

    private void awaitSent(int count) {
        await().until(() -> sent.size() == count);
    }

    @Test
    void sendsThemAllAtOnce() {
        delivery(open());
        var settlements = arriving(8);

        awaitSent(8);
        sent.forEach(one -> one.complete(status(200)));

        assertThat(settlements.join()).hasSize(8).containsOnly(ACKNOWLEDGED);
    }

    @Test
    void settlesEachWithoutWaitingForTheOthers() {
        delivery(open());
        var settlements = arriving(3);
        awaitSent(3);

        sent.get(2).complete(status(200));
        sent.get(0).complete(status(503));
        await().until(() -> settled.size() == 2);
        assertThat(settled).containsExactlyInAnyOrder("2 Acknowledge", "0 Redeliver");
        assertThat(settlements).isNotDone();

        sent.get(1).complete(status(422));
        assertThat(settlements.join()).containsExactly(redeliver(), DEAD, ACKNOWLEDGED);
        assertThat(settled).hasSize(3).contains("1 DeadLetter");
    }

    @Test
    void sendsNoMoreAtOnceThanThereArePlaces() {
        delivery(open(), 2);
        var settlements = arriving(5);

        awaitSent(2);
        sent.get(1).complete(status(200));
        assertThat(sent).hasSize(3);
        sent.get(0).complete(status(200));
        assertThat(sent).hasSize(4);
        sent.get(2).complete(status(200));
        sent.get(3).complete(status(200));
        assertThat(sent).hasSize(5);
        sent.get(4).complete(status(200));

        assertThat(settlements.join()).hasSize(5).containsOnly(ACKNOWLEDGED);
        assertThat(settled).hasSize(5);
    }

    /** Else messages would be left before those that were delivered when the reception ends. */
    @Test
    void sendsWhatArrivedFirstFirst() {
        var sender = open();
        delivery(sender, 1);
        arriving(List.of(message("a", 1), message("b", 1)));
        arriving(List.of(message("c", 1), message("d", 1)));

        for (int i = 0; i < 3; i++) {
            sent.get(i).complete(status(200));
        }

        assertThat(sender.sent()).extracting(WebhookMessage::id).containsExactly("a", "b", "c", "d");
    }

    @Test
    void sendsNothingOfAQueueThatHasMoved() {
        delivery(open(), 1);
        arriving(3);
        moved.add("m1");

        sent.get(0).complete(status(200));

        assertThat(sent).hasSize(2);
        sent.get(1).complete(status(200));
        assertThat(settled).containsExactly("0 Acknowledge", "2 Acknowledge");
    }

    @Test
    void preparesOnItsOwnThreadsWhatTakesLong() {
        var slow = new WebhookSender() {
            private final List<String> threads = new CopyOnWriteArrayList<>();

            @Override
            public boolean takesLong() {
                return true;
            }

            @Override
            public CompletionStage<WebhookOutcome> send(WebhookMessage webhook) {
                threads.add(Thread.currentThread().getName());
                return answered();
            }

            @Override
            public void close() {}
        };
        delivery(slow, 4);

        assertThat(arriving(40).join()).hasSize(40).containsOnly(ACKNOWLEDGED);
        assertThat(slow.threads).hasSize(40).containsOnly(THREAD);
    }

    @Test
    void preparesOnItsOwnThreadsAMessageThatTakesLong() {
        var threads = new CopyOnWriteArrayList<String>();
        delivery(new ScriptedSender(number -> {
            threads.add(Thread.currentThread().getName());
            return answered();
        }));

        arriving(List.of(message("long", 1))).join();

        assertThat(threads).containsExactly(THREAD);
    }

    /** An event loop and a thread of the client have other work too. */
    @Test
    void leavesTheThreadOfTheCallerSoon() {
        var threads = new CopyOnWriteArrayList<String>();
        delivery(new ScriptedSender(number -> {
            threads.add(Thread.currentThread().getName());
            LockSupport.parkNanos(200_000);
            return answered();
        }));

        assertThat(arriving(500).join()).hasSize(500).containsOnly(ACKNOWLEDGED);
        assertThat(threads).hasSize(500).contains(THREAD);
        assertThat(threads.get(0)).isEqualTo(Thread.currentThread().getName());
    }

    /** All that are held would take every thread, and outcomes of webhooks in flight would wait behind them. */
    @Test
    void holdsNoMoreMessagesThanWebhooksMayBeInFlight() {
        consumer.shutdown();
        consumer = Executors.newFixedThreadPool(8);
        delivery(open(), 4);
        arriving(40);
        awaitSent(4);
        sent.get(0).complete(status(503, Duration.ofSeconds(5)));
        await().until(() -> gate.waiting() == 1);
        sent.get(1).complete(status(503));
        sent.get(2).complete(status(503));
        sent.get(3).complete(status(503));

        await().until(() -> settled.size() == 4);
        await().until(() -> gate.waiting() == 4);
        assertThat(events.attempts()).hasSize(4);
        assertThat(sent).hasSize(4);
    }

    /** The gate must know it before the permit sends the next message. */
    @Test
    void sendsNothingMoreAfterTheEndpointAskedForAPause() {
        delivery(open(), 1);
        arriving(3);

        sent.get(0).complete(status(429, Duration.ofSeconds(5)));

        assertThat(sent).hasSize(1);
    }

    @Test
    void sendsNothingMoreAfterTheEndpointAskedForAPauseAlthoughADeadLetterIsPublished() {
        delivery(open(), 1, "dead-letter.mode", "TOPIC", "dead-letter.topic", "dead", "retry.max-attempts", "1");
        arriving(3);

        sent.get(0).complete(status(429, Duration.ofSeconds(5)));

        await().until(() -> gate.waiting() == 1);
        assertThat(sent).hasSize(1);
        assertThat(forwarded).hasSize(1);
    }

    @Test
    void givesUpWhatIsToWaitWhenTheReceptionHasEnded() {
        delivery(open(), 2);
        arriving(2);
        delivery.end();

        sent.get(0).complete(status(410));
        sent.get(1).complete(status(410));

        assertThat(givenUp).containsExactly("m0", "m1");
        assertThat(settled).isEmpty();
    }

    /** Webhooks that wait for a shared thread have begun, but are not sent yet. */
    @Test
    void sendsNothingThatWaitsForASharedThreadWhenTheReceptionHasEnded() {
        var sending = new AtomicInteger();
        var goOn = new CompletableFuture<Void>();
        delivery(
                new ScriptedSender(number -> {
                    sending.incrementAndGet();
                    goOn.join();
                    return answered();
                }),
                2);
        arriving(List.of(message("long-a", 1), message("long-b", 1)));
        await().until(() -> sending.get() == 1);

        delivery.end();
        goOn.complete(null);
        awaitSharedThread();

        assertThat(sending).hasValue(1);
        assertThat(settled).containsExactly("0 Acknowledge");
        // If the thread of the caller was too slow, the second message has not even begun.
        begun.remove("long-a");
        assertThat(givenUp).isEqualTo(begun);
    }

    @Test
    void goesOnAfterAFailureOfTheSource() {
        delivery(open(), 2);
        var broken = new Received(List.of(message("a", 1))) {
            @Override
            public boolean begin(int index) {
                throw new OutOfMemoryError("a bug");
            }
        };
        delivery.takeOver(broken);

        arriving(List.of(message("b", 1), message("c", 1)));

        awaitSent(2);
    }

    @Test
    void givesThePermitOfAMessageBackWhoseQueueMovesWhileItIsHeld() {
        delivery(open(), 1);
        arriving(List.of(message("a", 1)));
        arriving(List.of(message("b", 1)));
        moved.add("b");
        sent.get(0).complete(status(429, Duration.ofSeconds(5)));
        after(Duration.ofSeconds(5));

        arriving(List.of(message("c", 1)));

        awaitSent(2);
    }

    @Test
    void sendsTheOthersWhenOneCannotBeRead() {
        delivery(open(), 2);
        var from = new Received(List.of(message("a", 1), message("b", 1))) {
            @Override
            public ReceivedMessage message(int index) {
                if (index == 0) {
                    throw new IllegalStateException("a bug");
                }
                return super.message(index);
            }
        };
        var settlements = from.arrive();

        awaitSent(1);
        sent.get(0).complete(status(200));

        assertThat(settlements.join()).containsExactly(redeliver(), ACKNOWLEDGED);
    }

    @Test
    void publishesDeadLettersOnAThread() {
        delivery(open(), 2, "dead-letter.mode", "TOPIC", "dead-letter.topic", "dead");
        var settlements = arriving(1);

        sent.get(0).complete(status(422));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED);
        assertThat(forwarded).hasSize(1);
    }

    @Test
    void leavesBatchesToThreads() {
        delivery(open(), 4, "payload.format", "JSON", "batch.max-messages", "2");

        assertThat(delivery.takeOver(new Received(List.of(message("a", 1))))).isFalse();
    }

    @Test
    void takesMoreAtOnceWhenMoreAreAllowed() {
        delivery(open(), 1);
        var settlements = arriving(4);
        awaitSent(1);

        delivery.allow(3);
        sent.get(0).complete(status(200));
        awaitSent(4);
        sent.forEach(one -> one.complete(status(200)));

        assertThat(settlements.join()).hasSize(4).containsOnly(ACKNOWLEDGED);
    }

    @Test
    void givesThePlaceBackWhateverComesOfIt() {
        delivery(open(), 3);
        for (int round = 0; round < 3; round++) {
            sent.clear();
            var settlements = arriving(3);
            awaitSent(3);
            sent.get(0).complete(status(500));
            sent.get(1).completeExceptionally(new IllegalStateException("a bug"));
            sent.get(2).complete(status(200));
            assertThat(settlements.join()).containsExactly(redeliver(), redeliver(), ACKNOWLEDGED);
        }
    }

    private static ReceivedMessage unrepresentable(String id) {
        return message(
                id,
                1,
                "no event".getBytes(StandardCharsets.UTF_8),
                Map.of("CE_contenttype", "application/cloudevents+json"));
    }

    @Test
    void givesUpTheOneThatHasNoForm() {
        delivery(open(), 4, "payload.format", "CLOUDEVENTS_STRUCTURED");
        for (int round = 0; round < 3; round++) {
            sent.clear();
            settled.clear();
            var settlements =
                    arriving(List.of(message("a", 1), unrepresentable("b"), message("c", 1), message("d", 1)));
            awaitSent(3);
            sent.forEach(one -> one.complete(status(200)));

            assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, DEAD, ACKNOWLEDGED, ACKNOWLEDGED);
            assertThat(settled).contains("1 DeadLetter");
        }
    }

    @Test
    void sendsOneAfterTheOtherAtARate() {
        delivery(open());
        gate.change(TestSubscriptions.subscription("billing").circuitBreaker(), Optional.of(1.0));
        var settlements = arriving(2);

        awaitSent(1);
        sent.get(0).complete(status(200));
        await().until(() -> gate.waiting() == 1);
        assertThat(sent).hasSize(1);
        after(Duration.ofSeconds(1));
        awaitSent(2);
        sent.get(1).complete(status(200));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, ACKNOWLEDGED);
    }

    /** The endpoint asks for a pause: the others wait, one goes ahead, and the rest follow it. */
    @Test
    void waitsWhileTheGateIsClosed() {
        delivery(open(), 2);
        var settlements = arriving(5);
        awaitSent(2);
        sent.get(0).complete(status(503, Duration.ofSeconds(5)));
        await().until(() -> settled.size() == 1);
        sent.get(1).complete(status(200));
        await().until(() -> gate.waiting() > 0);
        // A webhook may have begun before the answer of the first one was read.
        int probed = sent.size();

        after(Duration.ofSeconds(5));
        awaitSent(probed + 1);
        sent.get(probed).complete(status(200));
        for (int i = 2; i < 5; i++) {
            int next = i;
            await().until(() -> sent.size() > next);
            sent.get(i).complete(status(200));
        }

        assertThat(settlements.join().subList(1, 5)).containsOnly(ACKNOWLEDGED);
        assertThat(settlements.join().get(0)).isInstanceOf(Settlement.Redeliver.class);
        assertThat(settled).hasSize(5);
    }

    @Test
    void sendsAgainWhatWaitedForSomethingOfOurs() {
        delivery(open());
        var settlements = arriving(2);
        awaitSent(2);
        sent.get(0).complete(new WebhookOutcome.Withheld(WebhookOutcome.Cause.SECRET_MISSING, "no key"));
        sent.get(1).complete(status(200));
        await().until(() -> gate.waiting() == 1);
        assertThat(settled).containsExactly("1 Acknowledge");

        after(Duration.ofSeconds(1));
        awaitSent(3);
        sent.get(2).complete(status(200));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, ACKNOWLEDGED);
    }

    @Test
    void leavesUnsettledWhatWasNotSentWhenTheReceptionEnds() {
        delivery(open(), 2);
        var settlements = arriving(4);
        awaitSent(2);

        delivery.end();
        sent.forEach(one -> one.complete(status(200)));

        assertThat(settled).containsExactlyInAnyOrder("0 Acknowledge", "1 Acknowledge");
        assertThat(sent).hasSize(2);
        assertThat(settlements).isNotDone();
    }

    @Test
    void redeliversTheOneAListenerFailsOn() {
        delivery(open());
        events.failOn("m1");
        var settlements = arriving(3);
        awaitSent(3);
        sent.forEach(one -> one.complete(status(200)));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, redeliver(), ACKNOWLEDGED);
    }

    @Test
    void redeliversTheOneAListenerFailsOnWhenItIsToBeRetried() {
        delivery(open());
        events.failOn("m1");
        var settlements = arriving(3);
        awaitSent(3);
        sent.get(1).complete(status(422));
        await().until(() -> sent.get(1).isDone());
        sent.get(0).complete(status(200));
        sent.get(2).complete(status(500));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, redeliver(), redeliver());
    }

    @Test
    void redeliversTheOneThatCannotBeSentAndGivesItsPlaceBack() {
        delivery(open(), 3);
        var broken = Messages.broken("n");
        for (int round = 0; round < 3; round++) {
            sent.clear();
            var settlements = arriving(List.of(message("a", 1), broken, message("c", 1)));
            awaitSent(2);
            sent.forEach(one -> one.complete(status(200)));
            assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, redeliver(), ACKNOWLEDGED);
        }
    }

    @Test
    void redeliversTheOneASenderFailsOn() {
        delivery(new ScriptedSender(number -> {
            if (number == 1) {
                throw new IllegalStateException("a bug");
            }
            return answered();
        }));

        assertThat(arriving(3).join()).containsExactly(ACKNOWLEDGED, redeliver(), ACKNOWLEDGED);
    }

    private static CompletionStage<WebhookOutcome> answered() {
        return CompletableFuture.completedStage(status(200));
    }
}
