package dev.rocketgateway.deliver.run;

import static dev.rocketgateway.subscription.TestSubscriptions.subscription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SubscriptionReconcilerTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final FakeDelivery fakes = new FakeDelivery();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private @Nullable SubscriptionReconciler reconciler;

    @AfterEach
    void stop() {
        released.complete(null);
        if (reconciler != null) {
            reconciler.stop(Duration.ZERO);
        }
    }

    private SubscriptionReconciler comparing(Duration interval, Subscription... stored) {
        store(stored);
        reconciler = new SubscriptionReconciler(fakes.store(), fakes.services(), FakeDelivery.config(interval));
        reconciler.start();
        return reconciler;
    }

    private SubscriptionReconciler running(Subscription... stored) {
        var next = comparing(Duration.ofHours(1), stored);
        Stream.of(stored).forEach(one -> awaitState(one.name(), "running"));
        fakes.calls.clear();
        return next;
    }

    private void store(Subscription... stored) {
        Stream.of(stored).forEach(one -> fakes.stored.put(one.name(), one));
    }

    private String state(String name) {
        return reconciler == null
                ? ""
                : reconciler.run(name).map(run -> run.state().label()).orElse("");
    }

    private void awaitState(String name, String state) {
        await().until(() -> state(name).equals(state));
    }

    private static Subscription of(String name, String... settings) {
        return subscription(name, settings);
    }

    private static Subscription paused(Subscription before) {
        return before.in(Subscription.State.PAUSED, Optional.of("on purpose"), before.generation() + 1);
    }

    @Test
    void startsWhatIsStoredAtOnceAndWhatChangesWhenItChanges() {
        running(of("a"));

        store(of("b"), paused(of("a")));
        fakes.changed.run();

        awaitState("b", "running");
        awaitState("a", "paused");
    }

    @Test
    void triesAFailedStartAgainAtTheNextComparison() {
        var tries = new AtomicInteger();
        fakes.starting = settings -> {
            if (tries.incrementAndGet() < 3) {
                throw new SourceUnavailableException("no answer from a", null);
            }
        };

        comparing(Duration.ofMillis(1), of("a"));

        awaitState("a", "running");
        assertThat(tries).hasValue(3);
    }

    @Test
    void comparesAgainAfterAFailureOfTheStore() {
        var lists = new AtomicInteger();
        fakes.listing = () -> {
            if (lists.incrementAndGet() < 3) {
                throw new IllegalStateException("a bug");
            }
        };

        comparing(Duration.ofMillis(1), of("a"));

        awaitState("a", "running");
    }

    @Test
    void startsTheOthersWhileOneHangsOrCannotBeSetUp() {
        fakes.starting = settings -> {
            if (settings.topic().value().equals("hanging")) {
                released.join();
            }
        };
        fakes.opening = endpoint -> {
            if (endpoint.url().getHost().equals("broken")) {
                throw new IllegalStateException("a bug");
            }
        };

        comparing(
                Duration.ofMillis(1),
                of("a", "endpoint.url", "http://broken/hook"),
                of("b", "source.topic", "hanging"),
                of("c"));

        awaitState("c", "running");
        assertThat(state("b")).isEqualTo("starting");
        assertThat(reconciler.run("a")).isEmpty();
        fakes.opening = endpoint -> {};
        awaitState("a", "running");
    }

    @Test
    void stopsWhatIsDeleted() {
        running(of("a", "endpoint.timeout", "7s"), of("b"));

        fakes.stored.remove("a");
        fakes.changed.run();

        await().until(() -> fakes.calls.contains("removed a"));
        assertThat(fakes.calls).contains("drain PT7S").doesNotContain("removed b");
        assertThat(reconciler.runs()).containsOnlyKeys("b");
    }

    @Test
    void startsANewSubscriptionOfANameOnlyWhenTheOldOneHasEnded() {
        var reconciler = running(of("a"));
        fakes.draining = () -> {
            released.join();
            return true;
        };
        fakes.stored.remove("a");
        var ended = reconciler.end("a");
        store(of("a", "source.topic", "others"), of("b"));
        fakes.changed.run();
        awaitState("b", "running");
        assertThat(reconciler.run("a")).isEmpty();
        assertThat(reconciler.end("a")).as("asked twice").isNotDone();

        released.complete(null);
        ended.join();
        fakes.changed.run();

        awaitState("a", "running");
        assertThat(reconciler.end("unknown")).isCompleted();
    }

    @Test
    void appliesAChangeAtOnceAndWaitsNoLongerThanTheLimit() {
        var reconciler = running(of("a"));

        reconciler.takeOver(paused(of("a")), false, LIMIT);
        assertThat(state("a")).isEqualTo("paused");

        var begun = new CompletableFuture<Void>();
        fakes.starting = settings -> {
            begun.complete(null);
            released.join();
        };
        reconciler.takeOver(TestSubscriptions.resumed(paused(of("a")), "2026-11-22T10:00:00Z"), true, Duration.ZERO);
        begun.join();
        assertThat(state("a")).isEqualTo("starting");
        released.complete(null);
        awaitState("a", "running");

        reconciler.takeOver(of("unknown"), false, LIMIT);
        assertThat(reconciler.run("unknown")).isEmpty();
    }

    @Test
    void survivesAChangeThatFailsBecauseOfABug() {
        var reconciler = running(of("a"));
        fakes.opening = endpoint -> {
            throw new IllegalStateException("a bug");
        };
        var next = of("a", "endpoint.url", "http://other/hook");
        store(next);

        reconciler.takeOver(next, false, LIMIT);
        fakes.opening = endpoint -> {};
        fakes.changed.run();

        await().until(() -> reconciler.run("a").orElseThrow().subscription().equals(next));
    }

    @Test
    void drainsAllAtOnceAtTheStopAndStartsNothingAfterIt() {
        var both = new AtomicInteger();
        var reconciler = running(of("a"), of("b"));
        fakes.draining = () -> {
            both.incrementAndGet();
            await().until(() -> both.get() == 2);
            return true;
        };

        reconciler.stop(LIMIT);
        store(of("c"));
        fakes.changed.run();
        reconciler.takeOver(TestSubscriptions.resumed(of("a"), "2026-11-22T10:00:00Z"), true, LIMIT);

        assertThat(fakes.calls)
                .filteredOn(call -> call.startsWith("drain"))
                .containsExactly("drain PT10S", "drain PT10S");
        assertThat(state("a")).isEqualTo("stopped");
        assertThat(state("b")).isEqualTo("stopped");
        assertThat(reconciler.run("c")).isEmpty();
    }

    @Test
    void waitsAtTheStopForADeletedSubscriptionThatStillDrains() {
        var reconciler = running(of("a"));
        fakes.draining = () -> {
            released.join();
            return true;
        };
        fakes.stored.remove("a");
        var ended = reconciler.end("a");
        await().until(() -> fakes.calls.stream().anyMatch(call -> call.startsWith("drain")));

        var stop = CompletableFuture.runAsync(() -> reconciler.stop(LIMIT));
        await().until(() -> ended.getNumberOfDependents() > 0);
        assertThat(stop).isNotDone();
        released.complete(null);
        stop.join();

        assertThat(ended).isDone();
    }

    @Test
    void waitsNoLongerAtTheStopWhenItIsInterrupted() {
        var reconciler = running(of("a"));
        fakes.draining = () -> {
            released.join();
            return true;
        };

        Thread.currentThread().interrupt();
        reconciler.stop(LIMIT);

        assertThat(Thread.interrupted()).isTrue();
        awaitState("a", "draining");
    }
}
