package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient;
import dev.rocketgateway.testing.TestBroker;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Recalls of scheduled messages, on a broker that allows recalls. */
class RecallIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final GatewayProcess GATEWAY = GatewayProcess.shared();
    private static final Duration LONG = Duration.ofSeconds(60);

    private String topic;

    @BeforeEach
    void newTopic() {
        topic = BROKER.newTopic();
    }

    /** A handle as brokers write it. */
    static String handle(String topic, String brokerName, long dueAt) {
        var words = "v1 %s %s %d 7F0000012B6A18B4AAC24F1A2B3C0000".formatted(topic, brokerName, dueAt);
        return Base64.getUrlEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8));
    }

    static HttpResponse<String> recall(GatewayProcess gateway, String topic, String handle) {
        return gateway.send(
                gateway.request("/topics/" + topic + "/messages/" + handle).DELETE());
    }

    private List<String> stored() {
        return BROKER.stored(topic).stream().map(NativeClient.Stored::text).toList();
    }

    /** Every way to publish gives a handle, and the neighbors of the recalled messages are due in the same second. */
    @Test
    void recalledMessagesNeverArriveAndTheirNeighborsDo() {
        var query = "deliverAt=" + (System.currentTimeMillis() + 8_000);
        var recalled = new ArrayList<JsonNode>();
        for (var mode : List.of("sync", "async")) {
            recalled.add(json(
                    GATEWAY.publish(topic, query + "&mode=" + mode, "recalled " + mode),
                    mode.equals("sync") ? 200 : 202));
            GATEWAY.publish(topic, query + "&mode=" + mode, "kept " + mode);
        }
        var batch = json(
                GATEWAY.publishBatch(topic, "", "application/json", """
                        {"messages":[{"body":"recalled json","%1$s":%2$s},{"body":"kept json","%1$s":%2$s}]}""".formatted("deliverAt", query.split("=")[1])),
                200);
        recalled.add(batch.at("/results/0"));
        var lines = json(GATEWAY.publishBatch(topic, query, "application/x-ndjson", "recalled line\nkept line\n"), 200);
        recalled.add(lines.at("/results/0"));

        for (var receipt : recalled) {
            var answer =
                    json(recall(GATEWAY, topic, receipt.required("recallHandle").asText()), 202);
            assertThat(answer.get("outcome").asText()).isEqualTo("requested");
            assertThat(answer.get("msgId")).isEqualTo(receipt.get("msgId"));
        }
        // A later message says that the time of the others has passed.
        GATEWAY.publish(topic, "deliverAt=" + (System.currentTimeMillis() + 11_000), "last");

        await().atMost(LONG).until(() -> stored().contains("last"));
        assertThat(stored()).containsExactlyInAnyOrder("kept sync", "kept async", "kept json", "kept line", "last");
    }

    @Test
    void aMessageWithoutScheduleHasNoHandle() {
        assertThat(json(GATEWAY.publish(topic, "", "now"), 200).has("recallHandle"))
                .isFalse();
    }

    @Test
    void refusesARecallAfterTheDueTime() {
        var handle = json(GATEWAY.publish(topic, "delay=1s", "short"), 200)
                .required("recallHandle")
                .asText();
        await().atMost(LONG).until(() -> stored().contains("short"));

        assertProblem(recall(GATEWAY, topic, handle), 409, "message-due", false);
    }

    @Test
    void refusesAHandleOfAnotherTopicAndWhatIsNoHandle() {
        long later = System.currentTimeMillis() + 60_000;
        var other = recall(GATEWAY, topic, handle(BROKER.newTopic(), "broker-a", later));

        assertProblem(other, 400, "invalid-request", false);
        assertThat(other.body()).contains("recallHandle", "belongs to a message of another topic");
        assertProblem(recall(GATEWAY, topic, "7F0000012B6A18B4AAC24F1A2B3C0000"), 400, "invalid-request", false);
        assertProblem(
                recall(
                        GATEWAY,
                        topic,
                        handle(topic, "broker-a", later + Duration.ofDays(30).toMillis())),
                400,
                "invalid-request",
                false);
    }

    @Test
    void refusesAHandleOfABrokerWithoutTheTopicAndOfAMissingTopic() {
        long later = System.currentTimeMillis() + 60_000;

        assertProblem(recall(GATEWAY, topic, handle(topic, "broker-z", later)), 503, "broker-unavailable", true);
        assertProblem(recall(GATEWAY, "none", handle("none", "broker-a", later)), 404, "topic-not-found", false);
        assertProblem(recall(GATEWAY, "TBW102", handle("TBW102", "broker-a", later)), 403, "topic-reserved", false);
    }
}
