package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Publishing with this build of the gateway, against another build: {@code -Dother=<its quarkus-app directory>}. Both get the same
 * requests, are warm, and take turns on one broker.
 */
@Isolated("it loads the machine")
class ComparePublishBench {

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("measured", 6));
    private static final int SIZE = Integer.getInteger("size", 256);
    private static final List<Integer> TOPICS = numbers("topics", "1,100");
    private static final List<Integer> IN_FLIGHT = numbers("inflight", "64");

    /** Requests in flight on one connection of HTTP/2; 0 for HTTP/1.1. */
    private static final int STREAMS = Integer.getInteger("streams", 0);

    private static final String THIS = "this";
    private static final String OTHER = "other";

    private final PublishRig rig = new PublishRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    private static Path otherBuild() {
        assertThat(System.getProperty(OTHER))
                .as("set -Dother to the quarkus-app directory of the other build")
                .isNotNull();
        return Path.of(System.getProperty(OTHER)).toAbsolutePath();
    }

    /** One connection, 200 messages a second. */
    @Test
    void oneConnection() throws Exception {
        compare(
                "compare-publish one connection, sync, 200/s",
                rig.pacedGateway("sync", 200, SIZE),
                rig.otherPacedGateway(otherBuild(), "sync", 200, SIZE));
    }

    /** Batches of a hundred lines. */
    @Test
    void lines() throws Exception {
        compare("compare-publish lines", rig.lines(SIZE), rig.otherLines(otherBuild(), SIZE));
    }

    @Test
    void load() throws Exception {
        var build = otherBuild();
        for (int topics : TOPICS) {
            var names = rig.broker().newTopics(topics);
            for (int inFlight : IN_FLIGHT) {
                int connections = STREAMS == 0 ? inFlight : Math.max(1, inFlight / STREAMS);
                compare(
                        "compare-publish topics=%d inFlight=%d streams=%d".formatted(topics, inFlight, STREAMS),
                        rig.gateway(names, connections, STREAMS, SIZE),
                        rig.otherGateway(build, names, connections, STREAMS, SIZE));
            }
        }
    }

    private void compare(String name, Side gateway, Side other) throws Exception {
        var counted = new Counted(rig.broker());
        var warmUp = new WarmUp(counted);
        warmUp.load(name + " " + THIS, gateway);
        warmUp.load(name + " " + OTHER, other);
        var rounds = new Rounds(name, ROUNDS)
                .side(THIS, () -> counted.measure(gateway, MEASURED))
                .side(OTHER, () -> counted.measure(other, MEASURED))
                .run();
        var line = "%s rounds=%d rate=%s cpu=%s systemCpu=%s perSecond=%.0f,%.0f cpuMicros=%.1f,%.1f "
                + "brokerCpuMicros=%.1f,%.1f p50=%.2f,%.2f p99=%.2f,%.2f %s";
        Report.line(line.formatted(
                name,
                ROUNDS,
                rounds.ratio(THIS, OTHER, Figures::perSecond),
                rounds.ratio(THIS, OTHER, Figures::cpuMicros),
                rounds.ratio(THIS, OTHER, Figures::systemCpuMicros),
                rounds.of(THIS, Figures::perSecond).median(),
                rounds.of(OTHER, Figures::perSecond).median(),
                rounds.of(THIS, Figures::cpuMicros).median(),
                rounds.of(OTHER, Figures::cpuMicros).median(),
                rounds.of(THIS, Figures::brokerCpuMicros).median(),
                rounds.of(OTHER, Figures::brokerCpuMicros).median(),
                rounds.of(THIS, Figures::p50Millis).median(),
                rounds.of(OTHER, Figures::p50Millis).median(),
                rounds.of(THIS, Figures::p99Millis).median(),
                rounds.of(OTHER, Figures::p99Millis).median(),
                counted));
    }

    private static List<Integer> numbers(String property, String usual) {
        return Stream.of(System.getProperty(property, usual).split(","))
                .map(Integer::valueOf)
                .toList();
    }
}
