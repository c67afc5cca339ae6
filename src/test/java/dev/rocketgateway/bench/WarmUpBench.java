package dev.rocketgateway.bench;

import dev.rocketgateway.bench.Rounds.Spread;
import dev.rocketgateway.testing.ClassArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * How soon after its start the gateway publishes at its full rate: {@code async}, 64 connections. The gateway is started plainly and as
 * the image starts it, with what a training run has left, in turn, and always anew.
 *
 * <pre>
 *   start ── ready ├─ first 10 s ─┤├── 40 s of load ──┤├─ last 10 s ─┤        told: rate of the first / rate of the last
 * </pre>
 */
@Isolated("it loads the machine")
class WarmUpBench {

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final Duration MEASURED = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("warmup", 40));
    private static final int CONNECTIONS = 64;

    private static final Path GATEWAY = Path.of(System.getProperty("gateway.package", "target/quarkus-app"));
    private static final Path JAVA = Path.of(System.getProperty("gateway.java.home", System.getProperty("java.home")));

    /** Of all sides. */
    private static final List<String> JVM = Stream.of(
                    System.getProperty("allJvm", "").split(" "))
            .filter(option -> !option.isBlank())
            .toList();

    private final Path scratch;
    private final Oha oha;
    private final Path body;

    /** Messages per second at first, and when warm. */
    private record Rates(double first, double warm) {}

    WarmUpBench() throws IOException {
        scratch = Files.createTempDirectory(Files.createDirectories(Path.of("target/bench")), "run-")
                .toAbsolutePath();
        oha = new Oha(scratch);
        body = Files.writeString(scratch.resolve("body"), "x".repeat(256));
    }

    @Test
    void publishesAtItsFullRateSoon() {
        try (var broker = new BenchBroker()) {
            var sides = new LinkedHashMap<String, List<String>>();
            sides.put("image", ClassArchive.optionsOfTheImage(GATEWAY, JAVA));
            sides.put("plain", List.of());
            var measured = new LinkedHashMap<String, List<Rates>>();
            for (int round = 0; round < ROUNDS; round++) {
                for (var side : sides.entrySet()) {
                    measured.computeIfAbsent(side.getKey(), name -> new ArrayList<>())
                            .add(measure(broker, side.getValue()));
                }
            }
            measured.forEach(WarmUpBench::report);
        }
    }

    private Rates measure(BenchBroker broker, List<String> archive) {
        var options = new ArrayList<>(JVM);
        options.addAll(archive);
        options.add("-Xmx512m");
        options.add("-Dgateway.store.url=none");
        options.add("-Dgateway.rocketmq.namesrv-addr=" + broker.nameServerAddress());
        var topic = broker.newTopic();
        try (var gateway = StartedService.start(GATEWAY, options)) {
            var requests =
                    Oha.Requests.http1(gateway.url("/topics/" + topic + "/messages?mode=async"), body, CONNECTIONS);
            double first = oha.run(requests, MEASURED).load(1).perSecond();
            oha.run(requests, WARM_UP);
            return new Rates(first, oha.run(requests, MEASURED).load(1).perSecond());
        }
    }

    private static void report(String side, List<Rates> rates) {
        Report.line("warm-up %s rounds=%d first/warm=%s first=%s/s warm=%s/s"
                .formatted(
                        side,
                        ROUNDS,
                        Spread.of(rates.stream()
                                .map(each -> each.first() / each.warm())
                                .toList()),
                        Spread.of(rates.stream().map(Rates::first).toList()),
                        Spread.of(rates.stream().map(Rates::warm).toList())));
    }
}
