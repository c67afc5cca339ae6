package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.MonitoringFiles;
import dev.rocketgateway.testing.MountedSecret;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.Worker;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that has done everything has each metric and label that the alerts and the dashboard ask for. */
class MonitoringIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    /** The labels that Prometheus adds. */
    private static final Set<String> OF_PROMETHEUS = Set.of("namespace", "job", "instance");

    private static final TestCertificate OLD = TestCertificate.valid("ip:127.0.0.1");
    private static final TestCertificate NEW = TestCertificate.another("ip:127.0.0.1");
    private static final int DAYS_OF_THE_OLD = 9;
    private static final int DAYS_OF_THE_NEW = 10;

    @TempDir
    Path directory;

    private final String topic = BROKER.newTopic();

    private static Map<String, String> files(TestCertificate certificate) {
        return Map.of("tls.crt", certificate.certificatePem(), "tls.key", certificate.keyPem());
    }

    @Test
    void hasEveryMetricAndLabelOfAlertsAndDashboard() {
        var certificate = new MountedSecret(directory, files(OLD));
        try (var endpoint = TestEndpoint.answering(200, 503, 503, 400);
                var gateway = GatewayProcess.connectedTo(BROKER)
                        .with("gateway.deliver.watch-interval", "1s")
                        .with("quarkus.tls.callers.key-store.pem.0.cert", certificate.file("tls.crt"))
                        .with("quarkus.tls.callers.key-store.pem.0.key", certificate.file("tls.key"))
                        .with("quarkus.tls.callers.reload-period", "1s")
                        .with("quarkus.http.tls-configuration-name", "callers")
                        .with("quarkus.http.ssl-port", "0")
                        .start()) {
            await().atMost(LIMIT).until(() -> gateway.get("/q/health/ready").statusCode() == 200);
            receive(gateway);
            deliver(gateway, endpoint);
            refuse(gateway);

            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(missing(gateway)).isEmpty());
            assertThat(value(gateway, "gateway_broker_up")).isEqualTo(1);
            assertThat(value(gateway, "gateway_publish_in_flight_limit")).isPositive();
            assertThat(value(gateway, "gateway_auth_failures_total{reason=\"invalid\"}"))
                    .isEqualTo(1);

            var expiry = "gateway_certificate_expiry_timestamp_seconds{tls=\"callers\"}";
            assertThat(daysUntil(value(gateway, expiry))).isBetween(DAYS_OF_THE_OLD - 1L, (long) DAYS_OF_THE_OLD);
            certificate.replace(files(NEW));
            await().atMost(LIMIT).until(() -> daysUntil(value(gateway, expiry)) >= DAYS_OF_THE_NEW - 1L);
        }
    }

    private void receive(GatewayProcess gateway) {
        var name = "pull-" + topic;
        var subscriptions = new Subscriptions(gateway);
        Subscriptions.json(subscriptions.post("/subscriptions", """
                {"name": "%s", "source": {"topic": "%s"}, "pull": {}}""".formatted(name, topic)), 201);
        subscriptions.awaitPhase(name, "RUNNING");
        gateway.publish(topic, "", "for a worker");
        var worker = new Worker(gateway, name);
        assertThat(worker.acknowledge(worker.receiveOne("").receipt()).statusCode())
                .isEqualTo(200);
    }

    /** Success, failures that open the circuit breaker, and a dead letter. */
    private void deliver(GatewayProcess gateway, TestEndpoint endpoint) {
        new Subscriptions(gateway)
                .createFromEarliest(
                        "hook-" + topic,
                        topic,
                        endpoint.url(),
                        "circuitBreaker.minimumRequests",
                        1,
                        "circuitBreaker.open",
                        "1s",
                        "delivery.maxInFlight",
                        1);
        endpoint.await(1);
        gateway.publish(topic, "", "fails");
        await().atMost(LIMIT).until(() -> lines(gateway)
                .anyMatch(line -> line.startsWith("gateway_delivery_dead_lettered_total")
                        && line.contains("refused")
                        && line.endsWith(" 1.0")));
    }

    private void refuse(GatewayProcess gateway) {
        var answer = gateway.send(gateway.request("/topics/" + topic + "/messages", "X-API-Key", "wrong")
                .POST(BodyPublishers.ofString("a")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    }

    private static Stream<String> lines(GatewayProcess gateway) {
        return gateway.get("/q/metrics").body().lines();
    }

    private static double value(GatewayProcess gateway, String series) {
        return lines(gateway)
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no series " + series));
    }

    private static long daysUntil(double timestamp) {
        return Duration.between(Instant.now(), Instant.ofEpochSecond((long) timestamp))
                .toDays();
    }

    /** What an expression asks for and the gateway does not have: metrics, and labels of metrics. */
    private static Set<String> missing(GatewayProcess gateway) {
        var labels = new TreeMap<String, Set<String>>();
        lines(gateway).map(SAMPLE::matcher).filter(sample -> sample.matches()).forEach(sample -> {
            var found = labels.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
            if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2)).results().forEach(label -> found.add(label.group(1)));
            }
        });
        var missing = new TreeSet<String>();
        for (var expression : MonitoringFiles.expressions()) {
            var grouped = new TreeSet<>(expression.groupings());
            for (var selector : expression.selectors()) {
                if (!labels.containsKey(selector.metric())) {
                    missing.add(expression.place() + ": " + selector.metric());
                    continue;
                }
                var known = labels.get(selector.metric());
                for (var condition : selector.conditions()) {
                    if (!known.contains(condition.label()) && !OF_PROMETHEUS.contains(condition.label())) {
                        missing.add(expression.place() + ": " + selector.metric() + " " + condition.label());
                    }
                }
                grouped.removeAll(known);
            }
            grouped.removeAll(OF_PROMETHEUS);
            grouped.forEach(label -> missing.add(expression.place() + ": by " + label));
        }
        return missing;
    }
}
