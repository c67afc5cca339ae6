package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.shared();
    }

    @Test
    void describesATopic() {
        var topic = BROKER.newTopic();

        var answer = gateway.get("/topics/" + topic);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body()))
                .isEqualTo(new JsonObject()
                        .put("topic", topic)
                        .put("queues", queues())
                        .put("publishable", true));
    }

    @Test
    void tellsWhatATopicIsDeclaredFor() {
        var topic = BROKER.newTopicOfType("FIFO");

        assertThat(new JsonObject(gateway.get("/topics/" + topic).body()).getString("messageType"))
                .isEqualTo("FIFO");
    }

    @Test
    void tellsThatATopicIsReadOnly() {
        var topic = "t-" + UUID.randomUUID();
        BROKER.witness().createReadOnlyTopic(topic, 4);

        var answer = gateway.get("/topics/" + topic);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body()))
                .isEqualTo(new JsonObject()
                        .put("topic", topic)
                        .put("queues", queues())
                        .put("publishable", false));
        assertProblem(gateway.publish(topic, "", "x"), 503, "broker-unavailable", true);
    }

    @Test
    void doesNotKnowATopicBeforeItIsCreated() {
        var topic = "t-" + UUID.randomUUID();
        assertProblem(gateway.get("/topics/" + topic), 404, "topic-not-found", false);

        BROKER.witness().createTopic(topic, 1);

        await().atMost(Duration.ofSeconds(5))
                .until(() -> gateway.get("/topics/" + topic).statusCode() == 200);
    }

    @Test
    void refusesNamesAsPublishingDoes() {
        assertProblem(gateway.get("/topics/a.b"), 400, "invalid-request", false);
        assertProblem(gateway.get("/topics/TBW102"), 403, "topic-reserved", false);
        assertProblem(gateway.send(gateway.request("/topics/demo").DELETE()), 405, "method-not-allowed", false);
    }

    @Test
    void cannotTellWithoutANameServer() {
        try (var alone = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .start()) {
            assertProblem(alone.get("/topics/demo"), 503, "broker-unavailable", true);
        }
    }

    private static JsonArray queues() {
        var queues = new JsonArray();
        for (int id = 0; id < 4; id++) {
            queues.add(new JsonObject().put("brokerName", "broker-a").put("queueId", id));
        }
        return queues;
    }
}
