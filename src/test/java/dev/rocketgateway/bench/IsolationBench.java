package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Twenty subscriptions, of which one's endpoint hangs: what is left of the rate of the other nineteen.
 *
 * <pre>
 *   A: twenty answer      B: nineteen answer, one hangs      A B A B …      ratio = rate of the nineteen, B / A
 * </pre>
 * All receive the same topic, each with its own group: so one batch feeds twenty, and the broker and the gateway have the
 * machine rather than a producer. To the gateway the twenty are as separate as with twenty topics: consumer, threads and
 * connections are those of a subscription.
 *
 * <p>The endpoints answer after {@code -Danswer} ms, so that the nineteen are bound by {@code delivery.max-in-flight} and not
 * by the processors. Bound by processors, B would win whatever it shares with the one that hangs, for that one costs less.
 */
@Isolated("it loads the machine")
class IsolationBench {

    private static final Logger LOG = Logger.getLogger(IsolationBench.class);

    private static final int SUBSCRIPTIONS = 20;
    private static final int BACKLOG = 3_000;
    private static final int PAIRS = Integer.getInteger("pairs", 5);
    private static final int ANSWER_MILLIS = Integer.getInteger("answer", 100);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("measured", 6));
    private static final Duration SETTLING = Duration.ofSeconds(5);
    private static final Duration DRAINED = Duration.ofMinutes(3);

    private static final String HANGS = "s0";

    private final PacedEndpoints endpoints = new PacedEndpoints(SUBSCRIPTIONS, ANSWER_MILLIS);
    private final PacedEndpoints.Endpoint hanging = endpoints.all().get(0);
    private final List<PacedEndpoints.Endpoint> nineteen = endpoints.all().subList(1, SUBSCRIPTIONS);
    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic();
    private final Feeder feeder = new Feeder(broker.nameServerAddress(), topic);
    private GatewayProcess gateway;

    private int smallestBacklog = Integer.MAX_VALUE;
    private final List<Integer> hangingNow = new ArrayList<>();

    @AfterEach
    void stop() {
        gateway.close();
        feeder.close();
        endpoints.close();
    }

    /** Without a breaker all it may have in flight hangs all the time: the worst an endpoint can do. */
    @Test
    void keepsTheRateOfTheOthersWhileOneHangs() {
        start(Map.of("circuit-breaker.enabled", "false"));

        measure("hanging");

        assertThat(meanHanging()).as("webhooks that hung while B was measured").isGreaterThan(8);
    }

    /** With a breaker it is held, leaves its group and comes back to it again and again. */
    @Test
    void keepsTheRateOfTheOthersWhileOneIsParked() {
        // Of a long window its successes of before would be the greater part for as long.
        start(Map.of(
                "circuit-breaker.window", "1s",
                "circuit-breaker.open", "1s",
                "circuit-breaker.max-open", "1s",
                "circuit-breaker.park-after", "1s"));

        measure("parked");

        assertThat(gateway.log().split("subscription=" + HANGS + " state=parked", -1))
                .as("parked in each B")
                .hasSizeGreaterThan(PAIRS);
    }

    private void start(Map<String, String> settingsOfTheOneThatHangs) {
        // The tests' other gateways start with a compiler that is quick and not good.
        var builder = GatewayProcess.connectedTo(broker).asOutsideOfTests();
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            var prefix = "gateway.subscriptions.s" + i + ".";
            builder.with(prefix + "source.topic", topic)
                    .with(prefix + "source.consumer-group", topic + "-" + i)
                    .with(prefix + "source.start-from.position", "EARLIEST")
                    .with(prefix + "endpoint.url", endpoints.all().get(i).url())
                    .with(prefix + "endpoint.timeout", "2s")
                    .with(prefix + "retry.max-attempts", "100");
        }
        settingsOfTheOneThatHangs.forEach(
                (key, value) -> builder.with("gateway.subscriptions." + HANGS + "." + key, value));
        feeder.fillTo(BACKLOG);
        gateway = builder.start();
        await().atMost(Duration.ofSeconds(90))
                .until(() -> endpoints.all().stream().allMatch(endpoint -> endpoint.answered() > 0));
    }

    private void measure(String what) {
        var ratios = new ArrayList<Double>();
        var ratesA = new ArrayList<Double>();
        var ratesB = new ArrayList<Double>();
        // The first pair warms up.
        for (int pair = 0; pair <= PAIRS; pair++) {
            double a = rate(false);
            double b = rate(true);
            LOG.infof("isolation %s pair=%d a=%.0f/s b=%.0f/s ratio=%.3f", what, pair, a, b, b / a);
            if (pair > 0) {
                ratios.add(b / a);
                ratesA.add(a);
                ratesB.add(b);
            }
        }
        hanging.hang(false);
        int lost = lost();
        long duplicates = nineteen.stream()
                .mapToLong(endpoint -> endpoint.answered() - endpoint.distinct())
                .sum();

        LOG.infof(
                "isolation %s pairs=%d ratio=%.2f spread=%.2f..%.2f a=%.0f/s b=%.0f/s answer=%dms messages=%d lost=%d"
                        + " duplicates=%d smallestBacklog=%d hanging=%.1f",
                what,
                PAIRS,
                median(ratios),
                sorted(ratios).get(0),
                sorted(ratios).get(PAIRS - 1),
                median(ratesA),
                median(ratesB),
                ANSWER_MILLIS,
                feeder.published(),
                lost,
                duplicates,
                smallestBacklog,
                meanHanging());
        assertThat(lost).isZero();
        assertThat(smallestBacklog).as("messages that waited for the fastest").isPositive();
        assertThat(median(ratios)).isGreaterThanOrEqualTo(0.9);
    }

    /** Webhooks per second that the nineteen answer. */
    private double rate(boolean hang) {
        hanging.hang(hang);
        letPass(SETTLING, false);
        long begun = System.nanoTime();
        long before = answered();
        letPass(MEASURED, hang);
        return (answered() - before) * 1e9 / (System.nanoTime() - begun);
    }

    private long answered() {
        return nineteen.stream().mapToLong(PacedEndpoints.Endpoint::answered).sum();
    }

    /** Keeps a backlog for the fastest meanwhile. */
    private void letPass(Duration time, boolean hang) {
        long end = System.nanoTime() + time.toNanos();
        await().atMost(time.plusSeconds(30)).pollInterval(Duration.ofMillis(50)).until(() -> {
            int fastest = endpoints.all().stream()
                    .mapToInt(PacedEndpoints.Endpoint::distinct)
                    .max()
                    .orElseThrow();
            smallestBacklog = Math.min(smallestBacklog, feeder.published() - fastest);
            feeder.fillTo(fastest + BACKLOG);
            if (hang) {
                hangingNow.add(hanging.unanswered());
            }
            return System.nanoTime() >= end;
        });
    }

    private double meanHanging() {
        return hangingNow.stream().mapToInt(Integer::intValue).average().orElse(0);
    }

    /** Messages that one of the nineteen has not had when all could be through. */
    private int lost() {
        long end = System.nanoTime() + DRAINED.toNanos();
        await().atMost(DRAINED.plusSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> missing() == 0 || System.nanoTime() >= end);
        return missing();
    }

    private int missing() {
        return nineteen.stream()
                .mapToInt(endpoint -> feeder.published() - endpoint.distinct())
                .sum();
    }

    private static double median(List<Double> values) {
        var sorted = sorted(values);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static List<Double> sorted(List<Double> values) {
        return values.stream().sorted().toList();
    }
}
