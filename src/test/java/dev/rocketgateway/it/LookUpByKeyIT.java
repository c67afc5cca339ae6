package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages by their key: the newest first, within a time. */
class LookUpByKeyIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private final GatewayProcess gateway = GatewayProcess.shared();
    private final String topic = BROKER.newTopic();
    private final String key = "k-" + UUID.randomUUID();

    private List<String> bodies(String query) {
        var list = json(gateway.get("/topics/%s/messages?key=%s&body=true%s".formatted(topic, key, query)), 200);
        return StreamSupport.stream(list.get("items").spliterator(), false)
                .map(item -> item.get("body").textValue())
                .toList();
    }

    private void publish(String body) {
        assertThat(gateway.publish(topic, "key=%s&key=other".formatted(key), body)
                        .statusCode())
                .isEqualTo(200);
    }

    private void awaitBodies(List<String> bodies) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(bodies("")).isEqualTo(bodies));
    }

    @Test
    void listsTheNewestFirst() {
        for (var body : List.of("a", "b", "c")) {
            publish(body);
            // Messages in several queues are in order by the millisecond.
            var last = Instant.now();
            await().until(() -> Instant.now().isAfter(last.plusMillis(5)));
        }
        gateway.publish(topic, "key=" + key.toUpperCase(), "another key");
        gateway.publish(BROKER.newTopic(), "key=" + key, "another topic");

        awaitBodies(List.of("c", "b", "a"));
        assertThat(bodies("&limit=2")).containsExactly("c", "b");
        var item = json(gateway.get("/topics/%s/messages?key=other".formatted(topic)), 200)
                .at("/items/0");
        assertThat(item.get("keys")).map(JsonNode::textValue).containsExactly(key, "other");
        assertThat(item.has("body")).isFalse();
        assertThat(item.get("bodySize").intValue()).isEqualTo(1);
        assertThat(item.has("subscriptions")).isFalse();
    }

    @Test
    void listsOnlyMessagesOfTheTime() {
        publish("before");
        var from = Instant.now().plusMillis(50);
        await().until(() -> Instant.now().isAfter(from.plusMillis(50)));
        publish("within");
        var to = Instant.now().plusMillis(50);
        await().until(() -> Instant.now().isAfter(to.plusMillis(50)));
        publish("after");
        awaitBodies(List.of("after", "within", "before"));

        assertThat(bodies("&from=" + from)).containsExactly("after", "within");
        assertThat(bodies("&to=" + to.toEpochMilli())).containsExactly("within", "before");
        assertThat(bodies("&from=%s&to=%s".formatted(from, to))).containsExactly("within");
    }

    @Test
    void listsNothingForAKeyThatNoMessageHas() {
        assertThat(gateway.get("/topics/%s/messages?key=none".formatted(topic)).body())
                .isEqualTo("{\"items\":[]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                ''                     | key: is required
                ?limit=5               | key: is required
                ?key=a&limit=65        | limit: must be from 1 to 64
                ?key=a&from=yesterday  | from: 'yesterday' is not a time
                ?key=a&to=1            | to: '1' is a time before 1973
                ?key=a&key=b           | key: is given twice
                ?key=a&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z | from: must not be after `to`
                ?kez=a                 | kez: is not a parameter of this operation; did you mean `key`?
                """)
    void refusesOtherParameters(String query, String detail) {
        var answer = gateway.get("/topics/%s/messages%s".formatted(topic, query));

        assertProblem(answer, 400, "invalid-request", false);
        assertThat(answer.body()).contains(detail);
    }

    @Test
    void refusesAKeyThatIsTooLongAndATopicThatDoesNotExist() {
        var tooLong = gateway.get("/topics/%s/messages?key=%s".formatted(topic, "x".repeat(1001)));
        assertProblem(tooLong, 400, "invalid-request", false);
        assertThat(tooLong.body()).contains("key: must have at most 1000 characters");
        assertProblem(gateway.get("/topics/none-" + topic + "/messages?key=a"), 404, "topic-not-found", false);
    }
}
