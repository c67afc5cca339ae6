package dev.rocketgateway.deliver.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import dev.rocketgateway.subscription.TestSubscriptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HoldRulesTest {

    private static final CircuitBreakerPolicy BREAKER = TestSubscriptions.subscription(
                    "billing",
                    "circuit-breaker.minimum-requests",
                    "1",
                    "circuit-breaker.park-after",
                    "60s",
                    "circuit-breaker.auto-pause-after",
                    "5m")
            .circuitBreaker();

    private final AtomicLong clock = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final DeliveryGate gate = new DeliveryGate(
            BREAKER,
            Optional.empty(),
            new DeliveryGate.Watcher() {
                @Override
                public void held(Hold hold, Duration time) {}

                @Override
                public void released() {}
            },
            clock::get);

    @AfterEach
    void letEverybodyGo() {
        ended.set(true);
        gate.wake();
    }

    private void oneWaits() {
        new Thread(() -> gate.pass("m", ended::get)).start();
        await().until(() -> gate.waiting() == 1);
    }

    private void after(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    private boolean parks(boolean probing) {
        return HoldRules.whyToPark(gate, BREAKER, probing).isPresent();
    }

    @Test
    void parksWhatIsHeldForTooLong() {
        gate.failed(DeliveryGate.Pass.GO, "m", "503");
        oneWaits();
        assertThat(parks(false)).isFalse();

        after(Duration.ofSeconds(61));

        assertThat(parks(false)).isTrue();
        assertThat(HoldRules.whyToPark(gate, BREAKER, false)).contains(new Hold(Hold.ENDPOINT_FAILING, "503"));
    }

    @Test
    void parksAtOnceWhatWouldBeHeldForTooLong() {
        gate.holdFor(Duration.ofSeconds(61), new Hold(Hold.RETRY_AFTER, "asked"), DeliveryGate.Pass.GO);
        oneWaits();

        assertThat(parks(false)).isTrue();
    }

    @Test
    void doesNotParkWhereNothingIsHeld() {
        gate.holdFor(Duration.ofSeconds(61), new Hold(Hold.RETRY_AFTER, "asked"), DeliveryGate.Pass.GO);

        assertThat(parks(false)).isFalse();
    }

    @Test
    void givesTheProbeAfterAParkItsChanceAndParksWhenItFailed() {
        gate.failed(DeliveryGate.Pass.GO, "m", "503");
        after(Duration.ofSeconds(300));
        gate.holdFor(Duration.ZERO, new Hold(Hold.ENDPOINT_FAILING, "503"), DeliveryGate.Pass.PROBE);
        assertThat(gate.pass("m", ended::get)).isEqualTo(DeliveryGate.Pass.PROBE);
        oneWaits();
        assertThat(parks(true)).isFalse();

        gate.failed(DeliveryGate.Pass.PROBE, "m", "503");

        assertThat(parks(true)).isTrue();
    }

    @Test
    void pausesOnlyForFailuresItHasSeen() {
        gate.failed(DeliveryGate.Pass.GO, "m", "503");
        after(Duration.ofMinutes(6));
        assertThat(HoldRules.failsForTooLong(gate, BREAKER)).isFalse();

        assertThat(gate.pass("m", ended::get)).isEqualTo(DeliveryGate.Pass.PROBE);
        gate.failed(DeliveryGate.Pass.PROBE, "m", "503");

        assertThat(HoldRules.failsForTooLong(gate, BREAKER)).isTrue();
    }

    /** Replicas see only the last of several changes. */
    @Test
    void beginsAnewWhenSomebodyResumesOneThatIsActive() {
        var before = TestSubscriptions.subscription("billing");
        gate.failed(DeliveryGate.Pass.GO, "m", "503");

        var resumed = TestSubscriptions.resumed(before, "10:00");

        assertThat(HoldRules.isOver(gate, before, resumed)).isTrue();
        assertThat(HoldRules.isOver(gate, before, TestSubscriptions.changed(resumed)))
                .isTrue();
        assertThat(HoldRules.isOver(gate, resumed, TestSubscriptions.resumed(resumed, "10:01")))
                .isTrue();
        assertThat(HoldRules.isOver(gate, before, TestSubscriptions.changed(before)))
                .isFalse();
        assertThat(HoldRules.isOver(gate, resumed, TestSubscriptions.changed(resumed)))
                .isFalse();
    }

    @Test
    void beginsAnewWithAnotherEndpoint() {
        var before = TestSubscriptions.subscription("billing");

        assertThat(HoldRules.isOver(gate, before, before)).isFalse();
        assertThat(HoldRules.isOver(
                        gate, before, TestSubscriptions.subscription("billing", "endpoint.url", "http://other/")))
                .isTrue();
    }
}
