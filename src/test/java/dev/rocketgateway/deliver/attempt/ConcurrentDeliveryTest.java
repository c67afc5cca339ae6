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
import dev.rocketgateway.webhook.WebhookOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several messages of one call, each in a webhook of its own. */
class ConcurrentDeliveryTest extends DeliveryFixture {

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

    private final class RecordedOrigin implements MessageSource.Origin {

        @Override
        public boolean holds() {
            return true;
        }

        @Override
        public void settle(int index, Settlement settlement) {
            if (settlement.equals(UNSETTLED)) {
                return;
            }
            settled.add(index + " " + settlement.getClass().getSimpleName());
        }
    }

    private CompletableFuture<List<Settlement>> fanningOut(int count) {
        var messages =
                IntStream.range(0, count).mapToObj(i -> message("m" + i, 1)).toList();
        return fanningOut(messages);
    }

    private CompletableFuture<List<Settlement>> fanningOut(List<ReceivedMessage> messages) {
        return CompletableFuture.supplyAsync(
                () -> delivery.handle(messages, new RecordedOrigin()), task -> new Thread(task).start());
    }

    private void awaitSent(int count) {
        await().until(() -> sent.size() == count);
    }

    @Test
    void sendsThemAllAtOnce() {
        delivery(open());
        var settlements = fanningOut(8);

        awaitSent(8);
        sent.forEach(one -> one.complete(status(200)));

        assertThat(settlements.join()).hasSize(8).containsOnly(ACKNOWLEDGED);
    }

    @Test
    void settlesEachWithoutWaitingForTheOthers() {
        delivery(open());
        var settlements = fanningOut(3);
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
        var settlements = fanningOut(5);

        awaitSent(2);
        sent.get(1).complete(status(200));
        await().until(() -> settled.size() == 1);
        assertThat(sent).hasSize(2);
        sent.get(0).complete(status(200));
        awaitSent(4);
        sent.get(2).complete(status(200));
        sent.get(3).complete(status(200));
        awaitSent(5);
        sent.get(4).complete(status(200));

        assertThat(settlements.join()).hasSize(5).containsOnly(ACKNOWLEDGED);
        assertThat(settled).hasSize(5);
    }

    /** What came first is sent first: else there would be messages left before those that were delivered when the reception ends. */
    @Test
    void beginsWithNoneBeforeThereArePlacesForAll() {
        delivery(open(), 4);
        var first = fanningOut(3);
        awaitSent(3);
        var second = fanningOut(2);
        delivery.end();
        sent.get(0).complete(status(200));
        sent.get(1).complete(status(200));

        assertThat(second.join()).containsExactly(UNSETTLED, UNSETTLED);
        sent.get(2).complete(status(200));
        assertThat(first.join()).containsOnly(ACKNOWLEDGED);
        assertThat(sent).hasSize(3);
    }

    @Test
    void takesMoreAtOnceWhenMoreAreAllowed() {
        delivery(open(), 1);
        var settlements = fanningOut(4);
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
            var settlements = fanningOut(3);
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
                    fanningOut(List.of(message("a", 1), unrepresentable("b"), message("c", 1), message("d", 1)));
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
        var settlements = fanningOut(2);

        awaitSent(1);
        sent.get(0).complete(status(200));
        await().until(() -> gate.waiting() == 1);
        assertThat(sent).hasSize(1);
        after(Duration.ofSeconds(1));
        awaitSent(2);
        sent.get(1).complete(status(200));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, ACKNOWLEDGED);
    }

    /** The endpoint asks for a pause: the others wait, one goes ahead, and the rest go together after it. */
    @Test
    void waitsWhileTheGateIsClosed() {
        delivery(open(), 2);
        var settlements = fanningOut(5);
        awaitSent(2);
        sent.get(0).complete(status(503, Duration.ofSeconds(5)));
        await().until(() -> settled.size() == 1);
        sent.get(1).complete(status(200));
        await().until(() -> gate.waiting() == 1);
        assertThat(sent).hasSize(2);

        after(Duration.ofSeconds(5));
        awaitSent(3);
        sent.get(2).complete(status(200));
        awaitSent(5);
        sent.get(3).complete(status(200));
        sent.get(4).complete(status(200));

        assertThat(settlements.join().subList(1, 5)).containsOnly(ACKNOWLEDGED);
        assertThat(settlements.join().get(0)).isInstanceOf(Settlement.Redeliver.class);
        assertThat(settled).hasSize(5);
    }

    @Test
    void sendsAgainWhatWaitedForSomethingOfOurs() {
        delivery(open());
        var settlements = fanningOut(2);
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
        var settlements = fanningOut(4);
        awaitSent(2);

        delivery.end();
        sent.forEach(one -> one.complete(status(200)));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, ACKNOWLEDGED, UNSETTLED, UNSETTLED);
        assertThat(settled).containsExactlyInAnyOrder("0 Acknowledge", "1 Acknowledge");
    }

    @Test
    void leavesUnsettledWhatIsUnderWayWhenItIsInterrupted() throws InterruptedException {
        delivery(open());
        var settlements = new CompletableFuture<List<Settlement>>();
        var thread = new Thread(() ->
                settlements.complete(delivery.handle(List.of(message("a", 1), message("b", 1)), new RecordedOrigin())));
        thread.start();
        awaitSent(2);
        sent.get(0).complete(status(200));

        thread.interrupt();

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, UNSETTLED);
        thread.join();
    }

    @Test
    void redeliversTheOneAListenerFailsOn() {
        delivery(open());
        events.failOn("m1");
        var settlements = fanningOut(3);
        awaitSent(3);
        sent.forEach(one -> one.complete(status(200)));

        assertThat(settlements.join()).containsExactly(ACKNOWLEDGED, redeliver(), ACKNOWLEDGED);
    }

    @Test
    void redeliversTheOneAListenerFailsOnWhenItIsToBeRetried() {
        delivery(open());
        events.failOn("m1");
        var settlements = fanningOut(3);
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
            var settlements = fanningOut(List.of(message("a", 1), broken, message("c", 1)));
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

        assertThat(fanningOut(3).join()).containsExactly(ACKNOWLEDGED, redeliver(), ACKNOWLEDGED);
    }

    private static CompletionStage<WebhookOutcome> answered() {
        return CompletableFuture.completedStage(status(200));
    }
}
