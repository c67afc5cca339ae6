package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Deliveries per second of one subscription, against the HTTP client alone and the program one would write instead.
 *
 * <pre>
 *   topic ──▶ packaged gateway, signing ──▶ ┐
 *             bare HTTP client            ──▶ ├ endpoint, answers after 0, 5 or 50 ms
 *   topic ──▶ simple forwarder            ──▶ ┘
 * </pre>
 * Each is a process of its own with the same options of the JVM, and warm before anything counts. They take turns, and between
 * its turns each has delivered all it had.
 */
@Isolated("it loads the machine")
class DeliveryBench {

    private static final Logger LOG = Logger.getLogger(DeliveryBench.class);

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("measured", 4));
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("warmup", 40));
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final List<Integer> ANSWERS = numbers("answers", "0,5,50");
    private static final List<Integer> IN_FLIGHT = numbers("inflight", "16,64,256");
    private static final int WARM_IN_FLIGHT = 64;
    private static final double WANTED = 0.8;

    private static final String GATEWAY = "gateway";
    private static final String BARE = "bare";
    private static final String SIMPLE = "simple";

    /** Of the yardsticks; the gateway has the same. */
    private static final List<String> JVM = List.of("-Xmx512m");

    private final BenchBroker broker = new BenchBroker();
    private final String gatewayTopic = broker.newTopic();
    private final String simpleTopic = broker.newTopic();
    private final Feeder gatewayFeeder = feeder(gatewayTopic);
    private final Feeder simpleFeeder = feeder(simpleTopic);
    private final BenchProcess endpoint = BenchProcess.start(EndpointServer.class, List.of("-Xmx256m"));
    private final BenchProcess bare = BenchProcess.start(BareHttpClient.class, JVM, endpoint.url("/hook/" + BARE));
    private final BenchProcess simple = BenchProcess.start(
            SimpleForwarder.class, JVM, broker.nameServerAddress(), simpleTopic, endpoint.url("/hook/" + SIMPLE));
    private final GatewayProcess gateway = gateway();
    private final BenchSubscription subscription = new BenchSubscription(
            gateway, "bench", gatewayTopic, new JsonObject().put("url", endpoint.url("/hook/" + GATEWAY)));

    private final StringBuilder rows = new StringBuilder();
    private final DeliverySide gatewaySide = side(
            GATEWAY,
            new ProcessFigures(gateway.process().pid()),
            new FedMessages(gatewayFeeder, subscription::deliverAtOnce));
    private final DeliverySide bareSide = side(BARE, bare.figures(), new BareMessages(bare));
    private final DeliverySide simpleSide =
            side(SIMPLE, simple.figures(), new FedMessages(simpleFeeder, inFlight -> {}));

    @AfterEach
    void stop() {
        gateway.close();
        bare.close();
        simple.close();
        endpoint.close();
        gatewayFeeder.close();
        simpleFeeder.close();
        broker.close();
    }

    @Test
    void deliversAsFastAsTheHttpClientAlone() throws Exception {
        endpoint.post("/delay/0");
        for (var side : List.of(bareSide, simpleSide, gatewaySide)) {
            LOG.infof("deliveries warm-up %s", side.measure(WARM_IN_FLIGHT, WARM_UP));
        }
        var verdict = new SoftAssertions();
        for (int inFlight : IN_FLIGHT) {
            for (int answer : ANSWERS) {
                endpoint.post("/delay/" + answer);
                measure(answer, inFlight, verdict);
            }
        }
        for (var side : List.of(bareSide, simpleSide, gatewaySide)) {
            Report.line("deliveries %s duplicates=%d smallestBacklog=%d"
                    .formatted(side, side.duplicates(), side.smallestBacklog()));
            assertThat(side.smallestBacklog())
                    .as("messages there were for " + side)
                    .isPositive();
        }
        if (Report.updatesThePage()) {
            Report.writeSection(
                    "deliveries",
                    Machine.description()
                            + " %d rounds of %d s a side.\n\n".formatted(ROUNDS, MEASURED.toSeconds())
                            + "| endpoint answers after | in flight | gateway, webhooks/s | of the HTTP client alone, target ≥ 0.8"
                            + " | of the simple forwarder | CPU µs per webhook: gateway, HTTP client, simple forwarder |\n"
                            + "|---|---|---|---|---|---|\n"
                            + rows);
        }
        verdict.assertAll();
    }

    private void measure(int answer, int inFlight, SoftAssertions verdict) throws Exception {
        var name = "deliveries answer=%dms inFlight=%d".formatted(answer, inFlight);
        var rounds = new Rounds(name, ROUNDS)
                .side(BARE, () -> bareSide.measure(inFlight, MEASURED))
                .side(GATEWAY, () -> gatewaySide.measure(inFlight, MEASURED))
                .side(SIMPLE, () -> simpleSide.measure(inFlight, MEASURED))
                .run();
        var ratio = rounds.ratio(GATEWAY, BARE, Figures::perSecond);
        var toSimple = rounds.ratio(GATEWAY, SIMPLE, Figures::perSecond);
        Report.line("%s rounds=%d gateway/bare=%s gateway/simple=%s".formatted(name, ROUNDS, ratio, toSimple));
        for (var side : List.of(GATEWAY, BARE, SIMPLE)) {
            Report.line("%s side=%s perSecond=%.0f cpuMicros=%.0f residentMegabytes=%.0f"
                    .formatted(
                            name,
                            side,
                            rounds.of(side, Figures::perSecond).median(),
                            rounds.of(side, Figures::cpuMicros).median(),
                            rounds.of(side, Figures::residentMegabytes).median()));
        }
        rows.append("| %d ms | %d | %.0f | %s%s | %s | %.0f, %.0f, %.0f |\n"
                .formatted(
                        answer,
                        inFlight,
                        rounds.of(GATEWAY, Figures::perSecond).median(),
                        ratio,
                        ratio.median() < WANTED ? ", missed" : "",
                        toSimple,
                        rounds.of(GATEWAY, Figures::cpuMicros).median(),
                        rounds.of(BARE, Figures::cpuMicros).median(),
                        rounds.of(SIMPLE, Figures::cpuMicros).median()));
        verdict.assertThat(ratio.median()).as(name).isGreaterThanOrEqualTo(WANTED);
    }

    private Feeder feeder(String topic) {
        return new Feeder(broker.nameServerAddress(), topic, 100);
    }

    private GatewayProcess gateway() {
        return GatewayJvm.of(GatewayProcess.builder())
                .with("gateway.rocketmq.namesrv-addr", broker.nameServerAddress())
                .start();
    }

    private DeliverySide side(String name, ProcessFigures process, DeliverySide.Messages messages) {
        return new DeliverySide(name, endpoint, process, messages, SETTLING);
    }

    private static List<Integer> numbers(String property, String usual) {
        return Stream.of(System.getProperty(property, usual).split(","))
                .map(Integer::valueOf)
                .toList();
    }

    /** Of the bare client, which makes them itself. */
    private record BareMessages(BenchProcess client) implements DeliverySide.Messages {

        @Override
        public void begin(int inFlight) {
            client.post("/start/" + inFlight);
        }

        @Override
        public int keepUp(int delivered) {
            return Integer.MAX_VALUE;
        }

        @Override
        public int end() {
            return Integer.parseInt(client.post("/stop"));
        }
    }
}
