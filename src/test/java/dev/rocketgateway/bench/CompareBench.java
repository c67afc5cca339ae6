package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The webhooks of this build of the gateway, against those of another build: {@code -Dother=<its quarkus-app directory>}. Both are
 * warm, and take turns.
 */
@Isolated("it loads the machine")
class CompareBench {

    private static final Logger LOG = Logger.getLogger(CompareBench.class);

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("measured", 4));
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("warmup", 40));
    private static final List<Integer> ANSWERS = numbers("answers", "0");
    private static final List<Integer> IN_FLIGHT = numbers("inflight", "64,256");
    private static final int WARM_IN_FLIGHT = 64;
    private static final String THIS = "this";
    private static final String OTHER = "other";

    private final BenchBroker broker = new BenchBroker();
    private final BenchProcess endpoint = BenchProcess.start(EndpointServer.class, List.of("-Xmx256m"));
    private final Map<String, Build> builds = new LinkedHashMap<>();

    /** A build of the gateway with one subscription. */
    private final class Build {

        private final Feeder feeder;
        private final GatewayProcess gateway;
        private final DeliverySide side;

        Build(String name, GatewayProcess.Builder builder) {
            var topic = broker.newTopic();
            feeder = new Feeder(broker.nameServerAddress(), topic, 100);
            gateway = GatewayJvm.of(builder)
                    .with("gateway.rocketmq.namesrv-addr", broker.nameServerAddress())
                    .start();
            var subscription = new BenchSubscription(
                    gateway, name, topic, new JsonObject().put("url", endpoint.url("/hook/" + name)));
            side = new DeliverySide(
                    name,
                    endpoint,
                    new ProcessFigures(gateway.process().pid()),
                    new FedMessages(feeder, subscription::deliverAtOnce),
                    Duration.ofSeconds(1));
        }

        void close() {
            gateway.close();
            feeder.close();
        }
    }

    @AfterEach
    void stop() {
        builds.values().forEach(Build::close);
        endpoint.close();
        broker.close();
    }

    @Test
    void deliversAsTheOtherBuild() throws Exception {
        assertThat(System.getProperty(OTHER))
                .as("set -Dother to the quarkus-app directory of the other build")
                .isNotNull();
        builds.put(THIS, new Build(THIS, GatewayProcess.builder()));
        builds.put(OTHER, new Build(OTHER, GatewayProcess.builder(Path.of(System.getProperty(OTHER)))));
        endpoint.post("/delay/0");
        for (var build : builds.values()) {
            LOG.infof("compare warm-up %s", build.side.measure(WARM_IN_FLIGHT, WARM_UP));
        }
        for (int inFlight : IN_FLIGHT) {
            for (int answer : ANSWERS) {
                endpoint.post("/delay/" + answer);
                compare(answer, inFlight);
            }
        }
    }

    private void compare(int answer, int inFlight) throws Exception {
        var name = "compare answer=%dms inFlight=%d".formatted(answer, inFlight);
        var rounds = new Rounds(name, ROUNDS);
        builds.forEach((side, build) -> rounds.side(side, () -> build.side.measure(inFlight, MEASURED)));
        rounds.run();
        Report.line("%s rounds=%d rate=%s cpu=%s perSecond=%.0f,%.0f cpuMicros=%.1f,%.1f"
                .formatted(
                        name,
                        ROUNDS,
                        rounds.ratio(THIS, OTHER, Figures::perSecond),
                        rounds.ratio(THIS, OTHER, Figures::cpuMicros),
                        rounds.of(THIS, Figures::perSecond).median(),
                        rounds.of(OTHER, Figures::perSecond).median(),
                        rounds.of(THIS, Figures::cpuMicros).median(),
                        rounds.of(OTHER, Figures::cpuMicros).median()));
    }

    private static List<Integer> numbers(String property, String usual) {
        return Stream.of(System.getProperty(property, usual).split(","))
                .map(Integer::valueOf)
                .toList();
    }
}
