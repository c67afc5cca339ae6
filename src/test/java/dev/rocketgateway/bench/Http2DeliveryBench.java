package dev.rocketgateway.bench;

import dev.rocketgateway.testing.GatewayProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Webhooks to an endpoint over TLS by HTTP/1.1 and by HTTP/2: two subscriptions of one gateway, which take turns. */
@Isolated("it loads the machine")
class Http2DeliveryBench {

    private static final Logger LOG = Logger.getLogger(Http2DeliveryBench.class);

    private static final int ROUNDS = Integer.getInteger("pairs", 5);
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("measured", 4));
    private static final Duration WARM_UP = Duration.ofSeconds(Integer.getInteger("warmup", 40));
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final List<Integer> IN_FLIGHT = List.of(64, 256);
    private static final List<Integer> ANSWERS = List.of(0, 5);
    private static final String HTTP1 = "http1";
    private static final String HTTP2 = "http2";

    private final BenchBroker broker = new BenchBroker();
    private final String topic1 = broker.newTopic();
    private final String topic2 = broker.newTopic();
    private final Feeder feeder1 = new Feeder(broker.nameServerAddress(), topic1, 100);
    private final Feeder feeder2 = new Feeder(broker.nameServerAddress(), topic2, 100);
    private final BenchProcess endpoint = BenchProcess.start(EndpointServer.class, List.of("-Xmx256m"));
    private final GatewayProcess gateway = gateway();
    private final DeliverySide http1 = side(HTTP1, topic1, feeder1);
    private final DeliverySide http2 = side(HTTP2, topic2, feeder2);
    private final StringBuilder rows = new StringBuilder();

    @AfterEach
    void stop() {
        gateway.close();
        endpoint.close();
        feeder1.close();
        feeder2.close();
        broker.close();
    }

    private GatewayProcess gateway() {
        try {
            var secrets = Files.createDirectories(Path.of("target", "bench", "secrets"));
            Files.writeString(secrets.resolve("ca.pem"), endpoint.get("/certificate"));
            return GatewayJvm.of(GatewayProcess.builder())
                    .with("gateway.rocketmq.namesrv-addr", broker.nameServerAddress())
                    .with("gateway.store.secrets-directory", secrets.toAbsolutePath())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DeliverySide side(String name, String topic, Feeder feeder) {
        var subscription = new BenchSubscription(
                gateway,
                name,
                topic,
                new JsonObject()
                        .put("url", "https://127.0.0.1:%s/hook/%s".formatted(endpoint.get("/tls"), name))
                        .put("tls", new JsonObject().put("caRef", "ca.pem"))
                        .put("http2", name.equals(HTTP2)));
        return new DeliverySide(
                name,
                endpoint,
                new ProcessFigures(gateway.process().pid()),
                new FedMessages(feeder, subscription::deliverAtOnce),
                SETTLING);
    }

    @Test
    void deliversByBothVersions() throws Exception {
        endpoint.post("/delay/0");
        for (var side : List.of(http1, http2)) {
            LOG.infof("http2 warm-up %s %s", side, side.measure(IN_FLIGHT.get(0), WARM_UP));
        }
        for (int inFlight : IN_FLIGHT) {
            for (int answer : ANSWERS) {
                endpoint.post("/delay/" + answer);
                measure(answer, inFlight);
            }
        }
        if (Report.updatesThePage()) {
            Report.writeSection(
                    "http2",
                    Machine.description()
                            + " %d rounds of %d s a side.\n\n".formatted(ROUNDS, MEASURED.toSeconds())
                            + "| endpoint answers after | in flight | HTTP/1.1, webhooks/s | HTTP/2, ratio to that"
                            + " | CPU µs per webhook: HTTP/1.1, HTTP/2 |\n|---|---|---|---|---|\n"
                            + rows);
        }
    }

    private void measure(int answer, int inFlight) throws Exception {
        var name = "http2 answer=%dms inFlight=%d".formatted(answer, inFlight);
        var rounds = new Rounds(name, ROUNDS)
                .side(HTTP1, () -> http1.measure(inFlight, MEASURED))
                .side(HTTP2, () -> http2.measure(inFlight, MEASURED))
                .run();
        var ratio = rounds.ratio(HTTP2, HTTP1, Figures::perSecond);
        var row = "| %d ms | %d | %.0f | %s | %.0f, %.0f |"
                .formatted(
                        answer,
                        inFlight,
                        rounds.of(HTTP1, Figures::perSecond).median(),
                        ratio,
                        rounds.of(HTTP1, Figures::cpuMicros).median(),
                        rounds.of(HTTP2, Figures::cpuMicros).median());
        Report.line("%s http2/http1=%s row=%s".formatted(name, ratio, row));
        rows.append(row).append('\n');
    }
}
