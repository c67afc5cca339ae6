package dev.rocketgateway.deliver.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.subscription.TestSubscriptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Hold ASKED = new Hold(Hold.RETRY_AFTER, "asked");

    /** Far from zero, as the system's clock is. */
    private long now = Long.MAX_VALUE - 100 * SECOND;

    private final CircuitBreaker breaker = new CircuitBreaker(TestSubscriptions.subscription(
                    "billing",
                    "circuit-breaker.failure-percent",
                    "50",
                    "circuit-breaker.minimum-requests",
                    "4",
                    "circuit-breaker.window",
                    "30s",
                    "circuit-breaker.open",
                    "10s",
                    "circuit-breaker.max-open",
                    "35s")
            .circuitBreaker());

    private void after(int seconds) {
        now += seconds * SECOND;
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed("503", now);
        }
    }

    @Test
    void closesWhenTooManyFail() {
        breaker.succeeded(false, now);
        breaker.succeeded(false, now);
        assertThat(breaker.failed("503", now)).isEmpty();
        assertThat(breaker.failed("503", now)).hasValueSatisfying(closed -> {
            assertThat(closed.hold()).isEqualTo(new Hold(Hold.ENDPOINT_FAILING, "503"));
            assertThat(closed.time()).isEqualTo(Duration.ofSeconds(10));
        });
        assertThat(breaker.isClosed()).isFalse();
    }

    @Test
    void staysOpenWhileFewFailOrFewAreSent() {
        fail(3);
        assertThat(breaker.isClosed()).isTrue();
        for (int i = 0; i < 10; i++) {
            breaker.succeeded(false, now);
        }
        fail(6);
        assertThat(breaker.isClosed()).isTrue();
        fail(1);
        assertThat(breaker.isClosed()).isFalse();
    }

    @Test
    void forgetsWhatIsOlderThanTheWindow() {
        fail(3);
        after(31);
        fail(3);
        assertThat(breaker.isClosed()).isTrue();
        after(10);
        fail(1);
        assertThat(breaker.isClosed()).isFalse();
    }

    @Test
    void neverClosesByFailuresWhereItIsSwitchedOff() {
        breaker.change(TestSubscriptions.subscription("billing", "circuit-breaker.enabled", "false")
                .circuitBreaker());
        fail(100);
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void letsOneProbeOutWhenItsTimeIsUp() {
        fail(4);
        after(9);
        assertThat(breaker.tryProbe("m", now)).isFalse();
        assertThat(breaker.waitFor("m", now)).isEqualTo(SECOND);
        after(1);
        assertThat(breaker.tryProbe("m", now)).isTrue();
        assertThat(breaker.tryProbe("m", now)).isFalse();
        assertThat(breaker.waitFor("m", now)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void opensWhenTheProbeSucceedsAndNotWhenAnOlderWebhookDoes() {
        fail(4);
        assertThat(breaker.succeeded(false, now)).isFalse();
        assertThat(breaker.isClosed()).isFalse();
        after(10);
        breaker.tryProbe("m", now);
        assertThat(breaker.succeeded(true, now)).isTrue();
        assertThat(breaker.isClosed()).isTrue();
        fail(3);
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void staysClosedForTwiceAsLongAfterEachProbeThatFailsUpToTheLimit() {
        fail(4);
        for (int seconds : new int[] {20, 35, 35}) {
            now += breaker.nextProbeIn(now).toNanos();
            breaker.tryProbe("m", now);
            assertThat(breaker.probeFailed("m", "503", now).time()).isEqualTo(Duration.ofSeconds(seconds));
        }
        assertThat(breaker.openFor(now)).isEqualTo(Duration.ofSeconds(10 + 20 + 35));
    }

    @Test
    void letsOthersGoFirstWhenAMessageFailedAsAProbeTooOften() {
        fail(4);
        for (int probe = 0; probe <= CircuitBreaker.PROBES_BEFORE_OTHERS; probe++) {
            assertThat(breaker.lettingOthersGoFirst()).isZero();
            now += breaker.nextProbeIn(now).toNanos();
            assertThat(breaker.tryProbe("bad", now)).isTrue();
            breaker.probeFailed("bad", "503", now);
        }
        assertThat(breaker.lettingOthersGoFirst()).isEqualTo(1);

        now += breaker.nextProbeIn(now).toNanos();

        assertThat(breaker.tryProbe("bad", now)).isFalse();
        assertThat(breaker.waitFor("bad", now)).isEqualTo(CircuitBreaker.FOR_OTHERS_TO_COME.toNanos());
        assertThat(breaker.tryProbe("another", now)).isTrue();
    }

    @Test
    void letsTheSameMessageProbeWhenNobodyElseComes() {
        fail(4);
        for (int probe = 0; probe <= CircuitBreaker.PROBES_BEFORE_OTHERS; probe++) {
            breaker.probeFailed("bad", "503", now);
        }
        now += breaker.nextProbeIn(now).plus(CircuitBreaker.FOR_OTHERS_TO_COME).toNanos();

        assertThat(breaker.tryProbe("bad", now)).isTrue();
    }

    @Test
    void keepsTheLaterOfTwoTimesAnEndpointNames() {
        breaker.holdFor(Duration.ofSeconds(7), ASKED, false, now);
        assertThat(breaker.holdFor(Duration.ofSeconds(5), ASKED, false, now)).isEmpty();
        assertThat(breaker.nextProbeIn(now)).isEqualTo(Duration.ofSeconds(7));
        assertThat(breaker.holdFor(Duration.ofSeconds(9), ASKED, false, now)).isPresent();
        assertThat(breaker.nextProbeIn(now)).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void takesTheTimeAProbeBroughtEvenIfItIsShorter() {
        breaker.holdFor(Duration.ofSeconds(60), ASKED, false, now);
        after(60);
        assertThat(breaker.tryProbe("m", now)).isTrue();
        assertThat(breaker.holdFor(Duration.ofSeconds(5), ASKED, true, now)).isPresent();
        assertThat(breaker.nextProbeIn(now)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void looksAgainLessAndLessOftenWhetherOurOwnFaultIsMended() {
        var ours = new Hold("secret_missing", "secret file a");
        breaker.holdForOwnFault(ours, Duration.ofSeconds(1), Duration.ofSeconds(3), false, now);
        assertThat(breaker.holdForOwnFault(ours, Duration.ofSeconds(1), Duration.ofSeconds(3), false, now))
                .isEmpty();
        for (int seconds : new int[] {2, 3, 3}) {
            now += breaker.nextProbeIn(now).toNanos();
            breaker.tryProbe("m", now);
            assertThat(breaker.holdForOwnFault(ours, Duration.ofSeconds(1), Duration.ofSeconds(3), true, now))
                    .hasValueSatisfying(closed -> assertThat(closed.time()).isEqualTo(Duration.ofSeconds(seconds)));
        }
    }

    @Test
    void letsTheNextOneProbeWhenTheOneBeforeCameToNothing() {
        breaker.holdFor(Duration.ZERO, ASKED, false, now);
        assertThat(breaker.tryProbe("m", now)).isTrue();
        breaker.probeAbandoned();
        assertThat(breaker.tryProbe("m", now)).isTrue();
    }

    @Test
    void sendsNoSecondProbeForWhatAnOlderWebhookBrings() {
        fail(4);
        after(10);
        assertThat(breaker.tryProbe("m", now)).isTrue();

        breaker.holdFor(Duration.ofSeconds(1), ASKED, false, now);
        after(1);

        assertThat(breaker.tryProbe("m", now)).isFalse();
    }

    @Test
    void waitsForAsLongAsTheBreakerSaysHoweverShortTheHoldBeforeWas() {
        breaker.holdForOwnFault(
                new Hold("secret_missing", ""), Duration.ofSeconds(1), Duration.ofSeconds(30), false, now);
        after(1);
        breaker.tryProbe("m", now);

        assertThat(breaker.probeFailed("m", "503", now).time()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void knowsForHowLongTheEndpointIsKnownToFail() {
        fail(4);
        assertThat(breaker.failingFor()).isZero();
        after(10);
        breaker.tryProbe("m", now);
        breaker.probeFailed("m", "503", now);
        // Nothing to probe with since then says nothing of the endpoint.
        after(3600);

        assertThat(breaker.failingFor()).isEqualTo(Duration.ofSeconds(10));
    }
}
