package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Health and metrics are on the management interface, and everything else is on the port of the API. */
class ManagementIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final GatewayProcess gateway = GatewayProcess.shared();

    @ParameterizedTest
    @CsvSource({
        "/q/health, 200",
        "/q/health/live, 200",
        "/q/health/ready, 200",
        "/q/health/started, 200",
        "/q/metrics, 200",
        "/q/openapi, 404",
        "/q/swagger-ui/, 404",
        "/problems, 404",
        "/subscriptions, 404",
        "/topics/demo, 404",
        "/, 404",
    })
    void servesHealthAndMetricsOnly(String path, int status) {
        await().atMost(LIMIT).until(() -> get(gateway.management(), path).startsWith("HTTP/1.1 " + status));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q/health",
                "/q/health/live",
                "/q/health/ready",
                "/q/health/started",
                "/q/health/group",
                "/q/health/well",
                "/q/metrics",
                "/q/metrics/jvm"
            })
    void theApiHasNoneOfThem(String path) {
        assertThat(get(gateway.root(), path))
                .startsWith("HTTP/1.1 404")
                .contains("\"not-found\"")
                .contains("management port")
                .doesNotContain("Did you mean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/openapi", "/q/swagger-ui/", "/problems"})
    void theApiHasItsDocuments(String path) {
        assertThat(get(gateway.root(), path)).startsWith("HTTP/1.1 200");
    }

    @Test
    void isNotReadyWhileTheApiStillServesBeforeTheStop() {
        var topic = TestBroker.shared().newTopic();
        try (var stopping = GatewayProcess.connectedTo(TestBroker.shared())
                .with("quarkus.shutdown.delay", "10s")
                .start()) {
            await().atMost(LIMIT).until(() -> stopping.get("/q/health/ready").statusCode() == 200);

            ProcessHandle.of(stopping.process().pid()).orElseThrow().destroy();

            await().atMost(LIMIT).until(() -> stopping.get("/q/health/ready").statusCode() == 503);
            assertThat(stopping.get("/q/health/live").statusCode()).isEqualTo(200);
            assertThat(stopping.publish(topic, "", "still").statusCode()).isEqualTo(200);
        }
    }

    private static String get(URI root, String path) {
        return RawHttp.exchange(root, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".formatted(path));
    }
}
