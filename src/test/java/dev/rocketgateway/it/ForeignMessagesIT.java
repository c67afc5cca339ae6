package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of a native producer that wrote what it liked where RocketMQ has its own: delivered, retried and dead-lettered. */
class ForeignMessagesIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> TEXTS = List.of(
            "bestellung-ü",
            "a.b|c#d",
            "a\n2026-11-28 00:00:00,000 INFO  [evil] (main) forged subscription=evil",
            "\r\n\r\n\u001B[31m\u007F\u2028",
            "日本語😀",
            "%zz%\"'\\",
            "",
            " ",
            "x".repeat(30_000));

    /** The names under which a producer can write them. */
    private static final List<String> PLACES = List.of(
            "UNIQ_KEY",
            "KEYS",
            "TAGS",
            "RETRY_TOPIC",
            "ORIGIN_MESSAGE_ID",
            "__SHARDINGKEY",
            "traceparent",
            "contentType",
            "contentEncoding",
            "name");

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);

    private static GatewayProcess gateway;

    @BeforeAll
    static void startGateway() {
        gateway = GatewayProcess.connectedTo(BROKER).start();
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    @AfterEach
    void stop() {
        new Subscriptions(gateway).delete(name, "");
    }

    private static Map<String, Message> messages(String topic) {
        var messages = new LinkedHashMap<String, Message>();
        for (var place : PLACES) {
            for (var text : TEXTS) {
                var body = place + " " + TEXTS.indexOf(text);
                var message = new Message(topic, body.getBytes(StandardCharsets.UTF_8));
                MessageAccessor.putProperty(message, place, text);
                messages.put(body, message);
            }
        }
        return messages;
    }

    private void subscribe(String url, String format) {
        new Subscriptions(gateway)
                .createFromEarliest(
                        name,
                        topic,
                        url,
                        "payload.format",
                        format,
                        "retry.schedule",
                        List.of("1s"),
                        "retry.maxAttempts",
                        3,
                        "circuitBreaker.enabled",
                        false);
    }

    /** Every message fails once, is retried through the group's retry topic, and is then refused. */
    @ParameterizedTest
    @ValueSource(strings = {"RAW", "JSON", "CLOUDEVENTS_BINARY", "CLOUDEVENTS_STRUCTURED"})
    void areDeliveredRetriedAndDeadLettered(String format) throws IOException {
        var messages = messages(topic);
        messages.values().forEach(BROKER.witness()::send);
        Map<String, Integer> attempts = new ConcurrentHashMap<>();
        Map<String, String> ids = new ConcurrentHashMap<>();
        Map<String, String> faults = new ConcurrentHashMap<>();
        try (var endpoint = HostileEndpoint.behaving(HostileEndpoint.answering(request -> {
            var body = bodyOf(request, format);
            var id = request.header("webhook-id");
            var before = ids.putIfAbsent(body, id);
            if (!request.header("rocketmq-topic").equals(topic) || before != null && !before.equals(id)) {
                faults.put(body, request.headers().toString());
            }
            return HostileEndpoint.response(attempts.merge(body, 1, Integer::sum) == 1 ? 500 : 400, "");
        }))) {
            subscribe(endpoint.url().toString(), format);

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(attempts)
                    .containsOnlyKeys(messages.keySet())
                    .allSatisfy((body, count) -> assertThat(count).isGreaterThanOrEqualTo(2)));
            await().atMost(Duration.ofSeconds(60)).until(() -> BROKER.count("%DLQ%GW-" + name) == messages.size());
        }

        assertThat(faults).isEmpty();
        assertThat(gateway.log()).doesNotContain("because of a bug");
        assertThat(gateway.log().lines())
                .allSatisfy(line ->
                        assertThat(line).matches("\\d{4}-\\d\\d-\\d\\d[ -~]*").doesNotContain("[evil] (main)"));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            var letters = json("/subscriptions/" + name + "/dlq?limit=100").get("items");
            assertThat(letters).hasSize(messages.size());
            assertThat(letters).allSatisfy(letter -> {
                assertThat(letter.get("topic").asText()).isEqualTo(topic);
                assertThat(letter.at("/reason/status").asInt())
                        .as(letter.toString())
                        .isEqualTo(400);
            });
        });
        var kept = json("/subscriptions/" + name + "/attempts?limit=500").get("items");
        assertThat(kept).hasSize(2 * messages.size());
    }

    private JsonNode json(String path) throws IOException {
        var answer = gateway.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static String bodyOf(HostileEndpoint.Request request, String format) {
        try {
            return switch (format) {
                case "JSON" -> JSON.readTree(request.body()).get("body").asText();
                case "CLOUDEVENTS_STRUCTURED" ->
                    new String(JSON.readTree(request.body()).get("data_base64").binaryValue(), StandardCharsets.UTF_8);
                default -> request.text();
            };
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
