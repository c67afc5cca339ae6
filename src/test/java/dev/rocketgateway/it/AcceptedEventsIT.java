package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every event that is taken is delivered, as an event, in both modes: none becomes a dead letter. */
class AcceptedEventsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/s\",\"type\":\"t\",%s}";

    /** Members that an event can have, and that are easily taken for faults or delivered as something else. */
    private static final List<String> MEMBERS = List.of(
            "\"subject\":\"Zürich 😀 %zz \\\"1\\\"\"",
            "\"time\":\"2026-01-01T10:00:00.123456789+14:00\"",
            "\"time\":\"2026-01-01t10:00:00z\"",
            "\"ext\":2147483647,\"other\":-2147483648,\"flag\":false,\"none\":null",
            "\"ext\":\"12345678901234567890\",\"empty\":\"\"",
            "\"data\":null",
            "\"data_base64\":\"\"",
            "\"data\":\"\\uD800\"",
            "\"data\":[1e400,12345678901234567.89]",
            "\"datacontenttype\":\"text/plain; charset=utf-8\",\"data\":\"größe\"");

    private final Subscriptions subscriptions = new Subscriptions(GatewayProcess.shared());
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void stop() {
        made.forEach(name -> subscriptions.delete(name, ""));
    }

    @Test
    void deliversWhatItTakes() {
        var topic = BROKER.newTopic();
        var gateway = GatewayProcess.shared();
        try (var binary = TestEndpoint.answering(200);
                var structured = TestEndpoint.answering(200)) {
            subscribe("binary", topic, binary);
            subscribe("structured", topic, structured);
            var ids = new TreeSet<String>();
            var batch = new ArrayList<String>();
            for (var members : MEMBERS) {
                var one = "one-" + ids.size();
                var answer = gateway.publish(
                        topic, "", EVENT.formatted(one, members), "Content-Type", "application/cloudevents+json");
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                ids.add(one);
                var many = "many-" + ids.size();
                batch.add(EVENT.formatted(many, members));
                ids.add(many);
            }
            var answer = gateway.publishBatch(
                    topic, "", "application/cloudevents-batch+json", "[" + String.join(",", batch) + "]");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(new TreeSet<>(binary.requests().stream()
                                .map(request -> request.headers().get("ce-id"))
                                .toList()))
                        .isEqualTo(ids);
                assertThat(new TreeSet<>(structured.requests().stream()
                                .map(request -> new JsonObject(new String(request.body(), UTF_8)).getString("id"))
                                .toList()))
                        .isEqualTo(ids);
            });
        }
    }

    private void subscribe(String format, String topic, TestEndpoint endpoint) {
        var name = format + "-" + topic;
        subscriptions.createFromEarliest(
                name, topic, endpoint.url(), "payload.format", "CLOUDEVENTS_" + format.toUpperCase(Locale.ROOT));
        made.add(name);
    }
}
