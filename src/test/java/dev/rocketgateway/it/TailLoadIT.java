package dev.rocketgateway.it;

import static dev.rocketgateway.it.TailLimitsIT.metric;
import static dev.rocketgateway.it.TailLimitsIT.sendLarge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.SlowTailReader;
import dev.rocketgateway.testing.TailReader;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/** What many tails cost. */
class TailLoadIT {

    private static final Logger LOG = Logger.getLogger(TailLoadIT.class);
    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TAILS = 200;
    private static final int STUCK = 100;

    private final String topic = BROKER.newTopic();

    private static int threads(GatewayProcess gateway) throws IOException {
        return Files.readAllLines(
                        Path.of("/proc/%d/status".formatted(gateway.process().pid())))
                .stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToInt(line -> Integer.parseInt(line.substring(8).strip()))
                .sum();
    }

    @Test
    void streamsToManyCallersWithFewThreadsAndBoundedMemory() throws IOException {
        int held = 8 * 1024 * 1024;
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                .withJvmOption("-Xmx128m")
                .with("gateway.look.tail.max-buffered", held)
                .with("gateway.look.tail.slow-after", "1s")
                .start()) {
            try (var one = TailReader.open(gateway, topic, "")) {
                BROKER.witness().send(topic, "warm");
                one.await(1);
            }
            int before = threads(gateway);
            var tails = new ArrayList<TailReader>();
            IntStream.range(0, TAILS).forEach(i -> tails.add(TailReader.open(gateway, topic, "")));
            var bodies = IntStream.range(0, 50).mapToObj(i -> "m" + i).toList();
            bodies.forEach(body -> BROKER.witness().send(topic, body));

            assertThat(tails)
                    .allSatisfy(tail -> assertThat(tail.await(50)).containsExactlyInAnyOrderElementsOf(bodies));
            int during = threads(gateway);
            LOG.infof("threads before=%d with %d tails=%d", before, TAILS, during);
            assertThat(during - before).isLessThan(20);
            tails.forEach(TailReader::close);
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_streams") == 0);

            // All of them do not read, while there is more than the heap can hold.
            sendLarge(topic, 30, 400_000);
            var stuck = new ArrayList<SlowTailReader>();
            for (int i = 0; i < STUCK; i++) {
                stuck.add(new SlowTailReader(gateway.root(), "/topics/" + topic + "/messages:tail?from=beginning"));
            }
            await().atMost(LIMIT)
                    .during(Duration.ofSeconds(3))
                    .until(() -> metric(gateway, "gateway_tail_buffered_bytes"), bytes -> bytes < held + 1_000_000);
            assertThat(gateway.publish(topic, "", "still there").statusCode()).isEqualTo(200);
            for (var one : stuck) {
                one.close();
            }
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_streams") == 0);
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_buffered_bytes") == 0);
            assertThat(gateway.log()).doesNotContain("OutOfMemory", "because of a bug", " ERROR ");
        }
    }
}
