package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Many subscriptions of one topic on several replicas: how long they take to run, what they cost while nothing happens, and how long
 * the other replicas take to deliver what a killed one has left.
 */
@Isolated("it loads the machine")
class ManySubscriptionsBench {

    private static final int SUBSCRIPTIONS = Integer.getInteger("subscriptions", 500);
    private static final int REPLICAS = Integer.getInteger("replicas", 3);
    private static final Duration IDLE = Duration.ofSeconds(Integer.getInteger("measured", 60));
    private static final Duration LIMIT = Duration.ofMinutes(8);
    private static final Duration LOOKS = Duration.ofMillis(50);

    /** Each batch goes to one queue, chosen by the client. With as many batches, each of the eight queues gets some. */
    private static final int BATCHES = 16;

    private final BenchBroker broker = new BenchBroker();
    private final String topic = broker.newTopic();
    private final BenchProcess endpoint = BenchProcess.start(EndpointServer.class, List.of("-Xmx256m"));
    private final Feeder feeder = new Feeder(broker.nameServerAddress(), topic, 1);
    private List<GatewayProcess> gateways = List.of();

    @AfterEach
    void stop() {
        gateways.forEach(GatewayProcess::close);
        feeder.close();
        endpoint.close();
        broker.close();
    }

    @Test
    void run() {
        long begun = System.nanoTime();
        gateways =
                IntStream.range(0, REPLICAS)
                        .mapToObj(i -> CompletableFuture.supplyAsync(this::gateway))
                        .toList()
                        .stream()
                        .map(CompletableFuture::join)
                        .toList();
        gateways.forEach(gateway -> await("all run")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> running(gateway)));
        report("running", "seconds=%.1f %s".formatted(secondsSince(begun), state()));

        report("idle", idle());

        report("first", "seconds=%.1f %s".formatted(secondsToDeliver(), state()));
        report("second", "seconds=%.1f %s".formatted(secondsToDeliver(), state()));

        report("rested", idle());

        if (REPLICAS > 1) {
            gateways.get(0).process().kill();
            gateways = gateways.subList(1, REPLICAS);
            report(
                    "killed",
                    "seconds=%.1f duplicates=%d %s".formatted(secondsToDeliver(), counts()[0] - counts()[1], state()));
        }
        assertThat(counts()[1]).as("nothing is lost").isEqualTo((long) feeder.published() * SUBSCRIPTIONS);
    }

    /** What a replica costs while nothing happens. */
    private String idle() {
        long cpu = sum(ManySubscriptionsBench::cpuMicros);
        long begun = System.nanoTime();
        await().atMost(IDLE.plusSeconds(30))
                .pollInterval(LOOKS)
                .until(() -> System.nanoTime() - begun > IDLE.toNanos());
        double perSecond = (sum(ManySubscriptionsBench::cpuMicros) - cpu) / 1000.0 / REPLICAS / secondsSince(begun);
        return "cpuMillisPerSecondAndReplica=%.1f %s".formatted(perSecond, state());
    }

    /** Publishes some messages, and waits until each subscription has delivered all of them. */
    private double secondsToDeliver() {
        long begun = System.nanoTime();
        feeder.fillTo(feeder.published() + BATCHES);
        await("all have had every message")
                .atMost(LIMIT)
                .pollInterval(LOOKS)
                .until(() -> counts()[1] >= (long) feeder.published() * SUBSCRIPTIONS);
        return secondsSince(begun);
    }

    private static double secondsSince(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }

    private GatewayProcess gateway() {
        var builder = GatewayJvm.of(GatewayProcess.builder())
                .with("gateway.rocketmq.namesrv-addr", broker.nameServerAddress())
                .with("gateway.store.url", "none")
                .without("gateway.deliver.reconcile-interval");
        for (int i = 0; i < SUBSCRIPTIONS; i++) {
            var prefix = "gateway.subscriptions.s" + i + ".";
            builder.with(prefix + "source.topic", topic)
                    .with(prefix + "source.consumer-group", topic + "-" + i)
                    .with(prefix + "source.start-from.position", "EARLIEST")
                    .with(prefix + "endpoint.url", endpoint.url("/hook/s" + i));
        }
        return builder.start();
    }

    private static boolean running(GatewayProcess gateway) {
        return gateway.get("/q/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("gateway_subscription_state{")
                                && line.contains("state=\"running\"")
                                && line.endsWith(" 1.0"))
                        .count()
                == SUBSCRIPTIONS;
    }

    /** Webhooks that failed and were retried, of all replicas. */
    private long failed() {
        return sum(gateway -> gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line ->
                        line.startsWith("gateway_delivery_attempts_seconds_count{") && !line.contains("class=\"2xx\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum());
    }

    private String state() {
        return "failed=%d threads=%.0f residentMegabytes=%.0f"
                .formatted(failed(), mean(gateway -> figures(gateway).threads()), mean(gateway -> figures(gateway)
                        .residentMegabytes()));
    }

    private double mean(ToDoubleFunction<GatewayProcess> figure) {
        return gateways.stream().mapToDouble(figure).average().orElseThrow();
    }

    private long sum(ToDoubleFunction<GatewayProcess> figure) {
        return (long) gateways.stream().mapToDouble(figure).sum();
    }

    private static long cpuMicros(GatewayProcess gateway) {
        return figures(gateway).cpuMicros();
    }

    private static ProcessFigures figures(GatewayProcess gateway) {
        return new ProcessFigures(gateway.process().pid());
    }

    /** Answered, and different messages summed over the subscriptions. */
    private long[] counts() {
        var numbers = endpoint.get("/counts").split(" ");
        return new long[] {Long.parseLong(numbers[0]), Long.parseLong(numbers[1])};
    }

    private static void report(String phase, String figures) {
        Report.line("many subscriptions=%d replicas=%d %s %s".formatted(SUBSCRIPTIONS, REPLICAS, phase, figures));
    }
}
