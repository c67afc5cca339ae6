package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Locale;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Measures sides, and counts again in the topic, by its offsets, what each was told is stored. A message too few or too many is
 * an {@link AssertionError}; only those whose send failed may be there or not.
 */
final class Counted {

    private static final Duration SETTLED = Duration.ofSeconds(30);

    private final BenchBroker broker;
    private long confirmed;
    private long stored;
    private long failed;

    Counted(BenchBroker broker) {
        this.broker = broker;
    }

    Figures measure(Side side, Duration time) {
        var process = new ProcessFigures(side.pid());
        long storedBefore = broker.appended(side.topics());
        long cpuBefore = process.cpuMicros();
        long brokerCpuBefore = broker.figures().cpuMicros();
        var load = side.load().apply(time);
        long cpu = process.cpuMicros() - cpuBefore;
        long brokerCpu = broker.figures().cpuMicros() - brokerCpuBefore;
        if (!side.topics().isEmpty()) {
            count(side, load, storedBefore);
        }
        assertThat(load.ok()).as("messages that got through").isPositive();
        return new Figures(
                load.perSecond(),
                (double) cpu / load.ok(),
                (double) brokerCpu / load.ok(),
                load.p50Millis(),
                load.p99Millis(),
                process.residentMegabytes());
    }

    private void count(Side side, Load load, long before) {
        long now = settled(side, before, before + (side.confirmed() ? load.ok() : 0)) - before;
        confirmed += load.ok();
        failed += load.failed();
        stored += now;
        if (side.confirmed()) {
            assertThat(now).as("messages stored of %s", load).isBetween(load.ok(), load.ok() + load.failed());
        }
    }

    /** The broker counts a message in its queue a moment after it has answered; so waits until there are no more coming. */
    private long settled(Side side, long before, long expected) {
        var last = new long[] {-1};
        try {
            await().atMost(SETTLED).pollInterval(Duration.ofMillis(200)).until(() -> {
                long previous = last[0];
                last[0] = broker.appended(side.topics());
                return last[0] == previous && previous >= expected && previous > before;
            });
        } catch (ConditionTimeoutException tooFew) {
            // What there is decides.
        }
        return last[0];
    }

    /** All so far, for a line of results. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "confirmed=%d stored=%d lost=%d failed=%d",
                confirmed,
                stored,
                Math.max(0, confirmed - stored),
                failed);
    }
}
