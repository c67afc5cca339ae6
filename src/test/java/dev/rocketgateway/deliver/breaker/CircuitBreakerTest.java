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

    private final CircuitBreaker outage = new CircuitBreaker(TestSubscriptions.subscription(
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
            outage.failed("503", now);
        }
    }

    @Test
    void closesWhenTooManyFail() {
        outage.succeeded(false, now);
        outage.succeeded(false, now);
        assertThat(outage.failed("503", now)).isEmpty();
        assertThat(outage.failed("503", now)).hasValueSatisfying(closed -> {
            assertThat(closed.hold()).isEqualTo(new Hold(Hold.ENDPOINT_FAILING, "503"));
            assertThat(closed.time()).isEqualTo(Duration.ofSeconds(10));
        });
        assertThat(outage.isOpen()).isFalse();
    }

    @Test
    void staysOpenWhileFewFailOrFewAreSent() {
        fail(3);
        assertThat(outage.isOpen()).isTrue();
        for (int i = 0; i < 10; i++) {
            outage.succeeded(false, now);
        }
        fail(6);
        assertThat(outage.isOpen()).isTrue();
        fail(1);
        assertThat(outage.isOpen()).isFalse();
    }

    @Test
    void forgetsWhatIsOlderThanTheWindow() {
        fail(3);
        after(31);
        fail(3);
        assertThat(outage.isOpen()).isTrue();
        after(10);
        fail(1);
        assertThat(outage.isOpen()).isFalse();
    }

    @Test
    void neverClosesByFailuresWhereItIsSwitchedOff() {
        outage.change(TestSubscriptions.subscription("billing", "circuit-breaker.enabled", "false")
                .circuitBreaker());
        fail(100);
        assertThat(outage.isOpen()).isTrue();
    }

    @Test
    void letsOneProbeOutWhenItsTimeIsUp() {
        fail(4);
        after(9);
        assertThat(outage.tryProbe("m", now)).isFalse();
        assertThat(outage.waitFor("m", now)).isEqualTo(SECOND);
        after(1);
        assertThat(outage.tryProbe("m", now)).isTrue();
        assertThat(outage.tryProbe("m", now)).isFalse();
        assertThat(outage.waitFor("m", now)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void opensWhenTheProbeSucceedsAndNotWhenAnOlderWebhookDoes() {
        fail(4);
        assertThat(outage.succeeded(false, now)).isFalse();
        assertThat(outage.isOpen()).isFalse();
        after(10);
        outage.tryProbe("m", now);
        assertThat(outage.succeeded(true, now)).isTrue();
        assertThat(outage.isOpen()).isTrue();
        fail(3);
        assertThat(outage.isOpen()).isTrue();
    }

    @Test
    void staysClosedForTwiceAsLongAfterEachProbeThatFailsUpToTheLimit() {
        fail(4);
        for (int seconds : new int[] {20, 35, 35}) {
            now += outage.opensIn(now).toNanos();
            outage.tryProbe("m", now);
            assertThat(outage.probeFailed("m", "503", now).time()).isEqualTo(Duration.ofSeconds(seconds));
        }
        assertThat(outage.closedFor(now)).isEqualTo(Duration.ofSeconds(10 + 20 + 35));
    }

    @Test
    void letsOthersGoFirstWhenAMessageFailedAsAProbeTooOften() {
        fail(4);
        for (int probe = 0; probe <= CircuitBreaker.PROBES_BEFORE_OTHERS; probe++) {
            assertThat(outage.lettingOthersGoFirst()).isZero();
            now += outage.opensIn(now).toNanos();
            assertThat(outage.tryProbe("bad", now)).isTrue();
            outage.probeFailed("bad", "503", now);
        }
        assertThat(outage.lettingOthersGoFirst()).isEqualTo(1);

        now += outage.opensIn(now).toNanos();

        assertThat(outage.tryProbe("bad", now)).isFalse();
        assertThat(outage.waitFor("bad", now)).isEqualTo(CircuitBreaker.FOR_OTHERS_TO_COME.toNanos());
        assertThat(outage.tryProbe("another", now)).isTrue();
    }

    @Test
    void letsTheSameMessageProbeWhenNobodyElseComes() {
        fail(4);
        for (int probe = 0; probe <= CircuitBreaker.PROBES_BEFORE_OTHERS; probe++) {
            outage.probeFailed("bad", "503", now);
        }
        now += outage.opensIn(now).plus(CircuitBreaker.FOR_OTHERS_TO_COME).toNanos();

        assertThat(outage.tryProbe("bad", now)).isTrue();
    }

    @Test
    void keepsTheLaterOfTwoTimesAnEndpointNames() {
        outage.closeFor(Duration.ofSeconds(7), ASKED, false, now);
        assertThat(outage.closeFor(Duration.ofSeconds(5), ASKED, false, now)).isEmpty();
        assertThat(outage.opensIn(now)).isEqualTo(Duration.ofSeconds(7));
        assertThat(outage.closeFor(Duration.ofSeconds(9), ASKED, false, now)).isPresent();
        assertThat(outage.opensIn(now)).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void takesTheTimeAProbeBroughtEvenIfItIsShorter() {
        outage.closeFor(Duration.ofSeconds(60), ASKED, false, now);
        after(60);
        assertThat(outage.tryProbe("m", now)).isTrue();
        assertThat(outage.closeFor(Duration.ofSeconds(5), ASKED, true, now)).isPresent();
        assertThat(outage.opensIn(now)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void looksAgainLessAndLessOftenWhetherOurOwnFaultIsMended() {
        var ours = new Hold("secret_missing", "secret file a");
        outage.closeForOurs(ours, Duration.ofSeconds(1), Duration.ofSeconds(3), false, now);
        assertThat(outage.closeForOurs(ours, Duration.ofSeconds(1), Duration.ofSeconds(3), false, now))
                .isEmpty();
        for (int seconds : new int[] {2, 3, 3}) {
            now += outage.opensIn(now).toNanos();
            outage.tryProbe("m", now);
            assertThat(outage.closeForOurs(ours, Duration.ofSeconds(1), Duration.ofSeconds(3), true, now))
                    .hasValueSatisfying(closed -> assertThat(closed.time()).isEqualTo(Duration.ofSeconds(seconds)));
        }
    }

    @Test
    void letsTheNextOneProbeWhenTheOneBeforeCameToNothing() {
        outage.closeFor(Duration.ZERO, ASKED, false, now);
        assertThat(outage.tryProbe("m", now)).isTrue();
        outage.probeAbandoned();
        assertThat(outage.tryProbe("m", now)).isTrue();
    }

    @Test
    void sendsNoSecondProbeForWhatAnOlderWebhookBrings() {
        fail(4);
        after(10);
        assertThat(outage.tryProbe("m", now)).isTrue();

        outage.closeFor(Duration.ofSeconds(1), ASKED, false, now);
        after(1);

        assertThat(outage.tryProbe("m", now)).isFalse();
    }

    @Test
    void waitsForAsLongAsTheBreakerSaysHoweverShortTheHoldBeforeWas() {
        outage.closeForOurs(new Hold("secret_missing", ""), Duration.ofSeconds(1), Duration.ofSeconds(30), false, now);
        after(1);
        outage.tryProbe("m", now);

        assertThat(outage.probeFailed("m", "503", now).time()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void knowsForHowLongTheEndpointIsKnownToFail() {
        fail(4);
        assertThat(outage.failingFor()).isZero();
        after(10);
        outage.tryProbe("m", now);
        outage.probeFailed("m", "503", now);
        // Nothing to probe with since then says nothing of the endpoint.
        after(3600);

        assertThat(outage.failingFor()).isEqualTo(Duration.ofSeconds(10));
    }
}
