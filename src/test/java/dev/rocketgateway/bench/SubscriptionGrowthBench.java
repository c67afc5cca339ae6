package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * How many webhooks a second all subscriptions of a gateway deliver together, by their number. All receive one topic, which has
 * as many messages as give the same number of webhooks; each has a group and a name of its own at the endpoint, which answers at
 * once. Counted is from a third of the webhooks to nine tenths, so with a warm gateway and with all of them under way.
 */
@Isolated("it loads the machine")
class SubscriptionGrowthBench {

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final int WEBHOOKS = Integer.getInteger("webhooks", 300_000);
    private static final List<Integer> SUBSCRIPTIONS = Stream.of(
                    System.getProperty("subscriptions", "1,20,200").split(","))
            .map(Integer::valueOf)
            .toList();
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final BenchBroker broker = new BenchBroker();
    private final Map<Integer, List<Figures>> measured = new LinkedHashMap<>();

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void subscriptions() {
        for (int round = 0; round < ROUNDS; round++) {
            for (int subscriptions : SUBSCRIPTIONS) {
                var figures = measure(subscriptions);
                Report.line("subscriptions=%d round=%d %s".formatted(subscriptions, round, figures));
                measured.computeIfAbsent(subscriptions, none -> new ArrayList<>())
                        .add(figures);
            }
        }
        if (Report.updatesThePage()) {
            Report.writeSection("growth-subscriptions", table());
        }
    }

    private Figures measure(int subscriptions) {
        var topic = broker.newTopic();
        int messages = WEBHOOKS / subscriptions;
        try (var endpoint = BenchProcess.start(EndpointServer.class, List.of("-Xmx256m"));
                var feeder = new Feeder(broker.nameServerAddress(), topic, 100)) {
            feeder.fillTo(messages);
            try (var gateway = gateway(subscriptions, topic, endpoint)) {
                var process = new ProcessFigures(gateway.process().pid());
                awaitAnswered(endpoint, WEBHOOKS / 3);
                long before = answered(endpoint);
                long cpu = process.cpuMicros();
                long begun = System.nanoTime();
                awaitAnswered(endpoint, WEBHOOKS / 10 * 9);
                double webhooks = answered(endpoint) - before;
                double perSecond = webhooks * 1e9 / (System.nanoTime() - begun);
                cpu = process.cpuMicros() - cpu;
                await("all have had every message")
                        .atMost(LIMIT)
                        .until(() -> counts(endpoint)[1] >= (long) feeder.published() * subscriptions);
                assertThat(counts(endpoint)[1]).isEqualTo((long) feeder.published() * subscriptions);
                return new Figures(
                        perSecond, cpu / webhooks, Double.NaN, Double.NaN, Double.NaN, process.residentMegabytes());
            }
        }
    }

    private GatewayProcess gateway(int subscriptions, String topic, BenchProcess endpoint) {
        var builder = GatewayJvm.of(GatewayProcess.builder())
                .with("gateway.rocketmq.namesrv-addr", broker.nameServerAddress());
        for (int i = 0; i < subscriptions; i++) {
            var prefix = "gateway.subscriptions.s" + i + ".";
            builder.with(prefix + "source.topic", topic)
                    .with(prefix + "source.consumer-group", topic + "-" + i)
                    .with(prefix + "source.start-from.position", "EARLIEST")
                    .with(prefix + "endpoint.url", endpoint.url("/hook/s" + i));
        }
        return builder.start();
    }

    private static void awaitAnswered(BenchProcess endpoint, long webhooks) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> answered(endpoint) >= webhooks);
    }

    private static long answered(BenchProcess endpoint) {
        return counts(endpoint)[0];
    }

    /** Answered, and different messages summed over the subscriptions. */
    private static long[] counts(BenchProcess endpoint) {
        var numbers = endpoint.get("/counts").split(" ");
        return new long[] {Long.parseLong(numbers[0]), Long.parseLong(numbers[1])};
    }

    private String table() {
        var table = new StringBuilder(
                Machine.description() + " %d rounds of %d webhooks.\n\n".formatted(ROUNDS, WEBHOOKS)
                        + "| subscriptions | webhooks/s, all together | CPU µs per webhook | MB resident |\n|---|---|---|---|\n");
        measured.forEach((subscriptions, figures) -> table.append("| %d | %s | %s | %s |\n"
                .formatted(
                        subscriptions,
                        spread(figures.stream().map(Figures::perSecond).toList(), "%.0f (%.0f..%.0f)"),
                        spread(figures.stream().map(Figures::cpuMicros).toList(), "%.0f (%.0f..%.0f)"),
                        spread(figures.stream().map(Figures::residentMegabytes).toList(), "%.0f (%.0f..%.0f)"))));
        return table.toString();
    }

    private static String spread(List<Double> values, String format) {
        var spread = Rounds.Spread.of(values);
        return format.formatted(spread.median(), spread.least(), spread.most());
    }
}
