package dev.rocketgateway.deliver.run;

import static dev.rocketgateway.subscription.TestSubscriptions.subscription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SubscriptionRunTest {

    private static final Hold HOLD = new Hold(Hold.RETRY_AFTER, "in a while");

    private final FakeDelivery fakes = new FakeDelivery();
    private final Subscription billing = subscription("billing", "endpoint.timeout", "7s");
    private @Nullable SubscriptionRun run;

    @AfterEach
    void stop() {
        if (run != null) {
            run.stop(Duration.ZERO);
        }
    }

    private SubscriptionRun of(Subscription subscription) {
        run = new SubscriptionRun(subscription, fakes.services());
        return run;
    }

    private SubscriptionRun started(Subscription subscription) {
        var next = of(subscription);
        next.step();
        assertThat(next.state()).isInstanceOf(DeliveryState.Running.class);
        fakes.calls.clear();
        fakes.states.clear();
        return next;
    }

    private static Subscription in(Subscription before, Subscription.State state, String reason) {
        return before.in(state, Optional.of(reason), before.generation() + 1);
    }

    private static Subscription paused(Subscription before) {
        return in(before, Subscription.State.PAUSED, "on purpose");
    }

    private static Consumer<Object> failing(RuntimeException failure) {
        return settings -> {
            throw failure;
        };
    }

    private CompletableFuture<?> delivering(String id) {
        return CompletableFuture.supplyAsync(
                () -> fakes.last().handler.handle(List.of(Messages.message(id, 1)), () -> true),
                task -> new Thread(task).start());
    }

    @Test
    void startsWithTheFirstStepAndLooksForNewQueuesWithTheNext() {
        var run = of(billing);
        assertThat(run.state().label()).isEqualTo("starting");
        assertThat(run.levels()).isEqualTo(DelayLevels.DEFAULT);

        run.step();
        assertThat(fakes.states).containsExactly("running");
        assertThat(run.levels()).isEqualTo(FakeDelivery.LEVELS);
        run.step();

        assertThat(fakes.calls).containsExactly("open http://billing/hook", "start orders", "refresh");
    }

    @Test
    void triesAgainWithEachStepAndReportsAReasonOnce() {
        var run = of(billing);
        fakes.starting = failing(new SourceUnavailableException("no answer from a", null))::accept;
        run.step();
        run.step();
        fakes.starting = failing(SourceUnavailableException.refused("no such topic", null))::accept;
        run.step();
        fakes.starting = settings -> {};
        run.step();

        assertThat(fakes.states).containsExactly("starting no answer from a", "failed no such topic", "running");
        assertThat(fakes.started).hasSize(1);
    }

    @Test
    void startsAfterABugOfTheSource() {
        var run = of(billing);
        fakes.starting = failing(new IllegalStateException("a bug"))::accept;
        assertThatIllegalStateException().isThrownBy(run::step);

        fakes.starting = settings -> {};
        run.step();

        assertThat(run.state().label()).isEqualTo("running");
    }

    @Test
    void drainsWithinTheTimeoutOfTheEndpointWhenItIsPausedAndStartsWhenItIsResumed() {
        var run = started(billing);

        run.want(paused(billing));
        run.step();
        run.step();
        assertThat(fakes.states).containsExactly("draining", "paused on purpose");
        assertThat(fakes.calls).containsExactly("drain PT7S");

        run.want(TestSubscriptions.resumed(paused(billing), "2026-11-22T10:00:00Z"));
        run.step();
        assertThat(fakes.states).endsWith("starting resumed", "running");
    }

    @Test
    void doesNotStartWhatIsPausedAndShowsEachReasonOnce() {
        var run = of(paused(billing));
        run.step();
        run.step();
        run.want(in(billing, Subscription.State.PAUSED, "gone"));
        run.step();

        assertThat(fakes.states).containsExactly("paused on purpose", "paused gone");
        assertThat(fakes.started).isEmpty();
    }

    @Test
    void comesToTheWantedStateEvenIfTheDrainFailsOrTakesTooLong() {
        var run = started(billing);
        fakes.draining = () -> {
            throw new IllegalStateException("a bug");
        };
        run.want(paused(billing));
        run.step();
        assertThat(run.state().label()).isEqualTo("paused");

        run.want(TestSubscriptions.resumed(paused(billing), "2026-11-22T10:00:00Z"));
        run.step();
        assertThat(run.state().label()).isEqualTo("running");
        fakes.draining = () -> false;
        run.stop(Duration.ofSeconds(1));
        assertThat(run.state().label()).isEqualTo("stopped");
    }

    @Test
    void keepsTheConsumerWhenOnlyLimitsChange() {
        var run = started(billing);

        run.want(subscription("billing", "endpoint.timeout", "7s", "delivery.max-in-flight", "3"));
        run.step();

        assertThat(fakes.states).isEmpty();
        assertThat(fakes.started).hasSize(1);
        assertThat(fakes.last().limits.calls()).isEqualTo(3);
        assertThat(run.subscription().delivery().maxInFlight()).isEqualTo(3);
    }

    @Test
    void opensAnotherSenderBeforeItClosesTheOldOneWhenTheEndpointChanges() {
        var run = started(billing);
        run.gate().holdFor(Duration.ofHours(1), HOLD, DeliveryGate.Pass.GO);

        run.want(subscription("billing", "endpoint.url", "http://other/hook"));
        run.step();

        assertThat(fakes.calls).containsExactly("open http://other/hook", "close http://billing/hook", "refresh");
        assertThat(fakes.states).as("a new endpoint is not held").last().isEqualTo("running");
    }

    @Test
    void receivesAnewWhenTheFilterChangesAndSaysSoUntilAStartSucceeds() {
        var run = started(billing);
        assertThat(fakes.last().settings.newFilter()).isFalse();
        fakes.starting = settings -> {
            throw new SourceUnavailableException("newFilter " + settings.newFilter(), null);
        };

        run.want(subscription("billing", "source.filter.expression", "paid"));
        run.step();
        assertThat(fakes.states).containsExactly("draining", "starting changed", "starting newFilter true");
        fakes.starting = settings -> {};
        run.step();
        assertThat(fakes.last().settings.newFilter()).isTrue();

        run.want(subscription("billing", "source.filter.expression", "paid", "delivery.rate-per-second", "5"));
        run.step();
        assertThat(fakes.last().settings.newFilter()).isFalse();
        assertThat(fakes.started).hasSize(3);
    }

    @Test
    void keepsTheOldSettingsWhenTheNewEndpointCannotBeOpenedAndTriesAgain() {
        var run = started(billing);
        fakes.opening = failing(new IllegalStateException("a bug"))::accept;
        run.want(subscription("billing", "endpoint.url", "http://other/hook"));

        assertThatIllegalStateException().isThrownBy(run::step);
        assertThat(run.subscription()).isEqualTo(billing);
        fakes.opening = endpoint -> {};
        run.step();

        assertThat(run.subscription().endpoint().orElseThrow().url()).hasToString("http://other/hook");
    }

    @Test
    void appliesAResumptionAtOnceAndEndsTheHold() {
        var run = started(billing);
        run.gate().holdFor(Duration.ofHours(1), HOLD, DeliveryGate.Pass.GO);
        assertThat(run.state().label()).isEqualTo("holding");

        run.takeOver(TestSubscriptions.resumed(billing, "2026-11-22T10:00:00Z"), true);

        assertThat(run.gate().hold()).isEmpty();
        assertThat(fakes.states).containsExactly("holding retry_after: in a while", "running");
    }

    @Test
    void doesNotReturnToAnOlderGeneration() {
        var run = started(billing);
        var later = TestSubscriptions.changed(paused(billing));
        run.want(later);

        run.takeOver(billing, false);

        assertThat(run.subscription()).isEqualTo(later);
        assertThat(run.state().label()).isEqualTo("paused");
    }

    @Test
    void parksWhileMessagesWaitForALongHoldAndKeepsStill() {
        var run = started(billing);
        run.gate().holdFor(Duration.ofHours(1), HOLD, DeliveryGate.Pass.GO);
        run.step();
        assertThat(run.state().label()).as("no message waits").isEqualTo("holding");
        var waiting = delivering("a");
        await().until(() -> run.gate().waiting() == 1);

        run.step();
        run.step();

        assertThat(run.state().label()).isEqualTo("parked");
        assertThat(waiting.join()).hasToString("[Unsettled[]]");
        assertThat(fakes.started).hasSize(1);
    }

    /** The broker counts an attempt for each message that is given back. */
    @Test
    void anOrderedSubscriptionKeepsItsMessagesThroughALongHold() {
        var run = started(subscription("billing", "source.mode", "ORDERED"));
        run.gate().holdFor(Duration.ofHours(1), HOLD, DeliveryGate.Pass.GO);
        delivering("a");
        await().until(() -> run.gate().waiting() == 1);

        run.step();

        assertThat(run.state().label()).isEqualTo("holding");
    }

    @Test
    void startsWithOneProbeAfterAHoldAndWithAllWhenItSucceeds() {
        var run = of(billing);
        run.gate().holdFor(Duration.ofMillis(1), HOLD, DeliveryGate.Pass.GO);
        await().until(() -> run.gate().nextProbeIn().compareTo(Duration.ZERO) <= 0);
        run.step();
        assertThat(fakes.last().settings.callsAtFirst()).isEqualTo(1);
        assertThat(fakes.last().settings.limits().messagesPerCall()).isEqualTo(1);
        assertThat(run.state().label()).isEqualTo("holding");

        delivering("a").join();

        assertThat(run.state().label()).isEqualTo("running");
        assertThat(fakes.last().limits).isEqualTo(ConsumptionSettings.limits(billing));
    }

    @Test
    void parksAtOnceWhenTheProbeFails() {
        fakes.endpoint =
                () -> CompletableFuture.completedStage(new WebhookOutcome.Answered(503, Optional.empty(), new byte[0]));
        var run = of(billing);
        run.gate().holdFor(Duration.ofMillis(1), HOLD, DeliveryGate.Pass.GO);
        await().until(() -> run.gate().nextProbeIn().compareTo(Duration.ZERO) <= 0);
        run.step();
        delivering("a");
        await().until(() -> run.state().why().orElse("").startsWith(Hold.ENDPOINT_FAILING));
        await().until(() -> run.gate().waiting() == 1);

        run.step();

        assertThat(run.state().label()).isEqualTo("parked");
    }

    @Test
    void movesTheGroupOnlyWhileNothingIsReceived() {
        var run = started(billing);

        run.seek(new Start.Earliest());

        assertThat(fakes.calls).containsExactly("drain PT7S", "seek Earliest", "start orders");
        assertThat(fakes.states).containsExactly("draining", "starting moved", "running");
    }

    @Test
    void stopsNothingForAMoveThatCannotBe() {
        var run = started(billing);
        fakes.members = List.of("ours@1", "theirs@2");
        assertThatThrownBy(() -> run.seek(new Start.Latest()))
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("still has 1 members")
                .hasMessageNotContaining("theirs");

        fakes.members = List.of("ours@1");
        fakes.everyBroker = failing(new SourceUnavailableException("no answer from b", null))::accept;
        assertThatThrownBy(() -> run.seek(new Start.Latest())).hasMessage("no answer from b");

        assertThat(fakes.calls).isEmpty();
        assertThat(run.state().label()).isEqualTo("running");
    }

    @Test
    void receivesAgainAfterAMoveThatFailed() {
        var run = started(billing);
        fakes.seeking = () -> {
            throw new SourceUnavailableException("no answer from b", null);
        };
        assertThatThrownBy(() -> run.seek(new Start.Latest())).hasMessage("no answer from b");
        assertThat(run.state().why()).contains("moved");

        run.step();

        assertThat(run.state().label()).isEqualTo("running");
    }

    @Test
    void staysPausedAfterAMove() {
        var run = of(paused(billing));
        run.step();

        run.seek(new Start.Latest());

        assertThat(run.state().label()).isEqualTo("paused");
        assertThat(fakes.started).isEmpty();
    }

    @Test
    void stopsForGood() {
        var run = started(billing);

        run.stop(Duration.ofSeconds(3));
        run.step();
        run.takeOver(TestSubscriptions.resumed(billing, "2026-11-22T10:00:00Z"), true);

        assertThat(fakes.states).containsExactly("draining", "stopped");
        assertThat(fakes.calls).containsExactly("drain PT3S", "close http://billing/hook");
    }

    @Test
    void drainsAfterAStartThatWasUnderWayAtTheStopAndLetsNoSecondStepWait() {
        var begun = new CompletableFuture<Void>();
        var goOn = new CompletableFuture<Void>();
        fakes.starting = settings -> {
            begun.complete(null);
            goOn.join();
        };
        var run = of(billing);
        var step = CompletableFuture.runAsync(run::step);
        begun.join();
        run.step();

        var stop = new Thread(() -> run.stop(Duration.ofSeconds(3)));
        stop.start();
        await().until(() -> stop.getState() == Thread.State.BLOCKED);
        goOn.complete(null);
        step.join();
        await().until(() -> !stop.isAlive());

        assertThat(fakes.states).containsExactly("running", "draining", "stopped");
        assertThat(fakes.started).hasSize(1);
    }

    @Test
    void asksForAPauseWhenTheEndpointSaysThatItIsGone() {
        fakes.endpoint =
                () -> CompletableFuture.completedStage(new WebhookOutcome.Answered(410, Optional.empty(), new byte[0]));
        var run = started(billing);
        var held = delivering("a");

        await().until(() -> !fakes.pauses.isEmpty());
        assertThat(fakes.pauses).containsExactly("billing gone");
        assertThat(held).isNotDone();
        assertThat(run.state().label()).isEqualTo("holding");
    }
}
