package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log as the image has it. */
class JsonLogIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static List<JsonNode> lines(GatewayProcess gateway) throws JsonProcessingException {
        var lines = new ArrayList<JsonNode>();
        for (var line : gateway.log().split("\n")) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @Test
    void isOneObjectALineWithTheIdsOfTheRequest() throws JsonProcessingException {
        try (var gateway = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .with("gateway.tracing.otlp-endpoint", "http://127.0.0.1:1")
                .with("quarkus.log.category.\"dev.rocketgateway.problem\".level", "DEBUG")
                .withEnvironment("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true")
                .start()) {
            gateway.publish(
                    "orders",
                    "mode=later",
                    "x",
                    "X-Request-Id",
                    "a\"b",
                    "traceparent",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            gateway.publish(
                    "orders",
                    "mode=later",
                    "x",
                    "X-Request-Id",
                    "mine",
                    "traceparent",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            await().atMost(LIMIT).until(() -> gateway.log().contains("\"mine\""));

            var answered = lines(gateway).stream()
                    .filter(line -> line.get("mdc").path("requestId").asText().equals("mine"))
                    .toList();
            assertThat(answered).singleElement().satisfies(line -> {
                assertThat(line.get("level").asText()).isEqualTo("DEBUG");
                assertThat(line.get("message").asText()).contains("answered with a problem code=unknown-mode");
                assertThat(line.get("mdc").get("traceId").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
                assertThat(line.fieldNames())
                        .toIterable()
                        .containsExactly("timestamp", "loggerName", "level", "message", "threadName", "mdc");
            });
        }
    }
}
