package dev.rocketgateway.it;

import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One of two brokers is away: what it alone has is not said not to exist, and what it has too is not left out silently. */
class AbsentBrokerOfTwoIT {

    private static final Duration LONG = Duration.ofSeconds(90);

    private static TestBroker first;
    private static TestBroker second;
    private static GatewayProcess gateway;
    private static Subscriptions subscriptions;

    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.of(200));
    private final TestEndpoint endpoint = TestEndpoint.answering(answer::get);
    private int begin;

    @BeforeAll
    static void startBrokers() {
        first = TestBroker.start();
        second = first.another("broker-b");
        gateway = GatewayProcess.connectedTo(first)
                .with("gateway.deliver.clock-tolerance", "0s")
                .with("gateway.deliver.watch-interval", "500ms")
                .start();
        subscriptions = new Subscriptions(gateway);
    }

    @AfterAll
    static void stopBrokers() {
        gateway.close();
        second.close();
        first.close();
    }

    @BeforeEach
    void start() {
        await().atMost(LONG).until(() -> first.isListed("broker-b"));
        await().atMost(LONG).until(() -> gateway.get("/q/health/ready").statusCode() == 200);
        begin = gateway.log().length();
    }

    @AfterEach
    void stop() {
        second.repair();
        subscriptions.delete(name, "");
        endpoint.close();
    }

    private void killSecond() {
        second.killBroker();
        await().atMost(LONG).until(() -> !first.isListed("broker-b"));
    }

    private String topicOnBoth() {
        var topic = first.newTopic();
        await().atMost(LONG)
                .until(() -> first.witness().queues(topic).stream()
                                .map(MessageQueue::getBrokerName)
                                .distinct()
                                .count()
                        == 2);
        return topic;
    }

    private String topicOnSecond() {
        var topic = "t-" + UUID.randomUUID();
        first.admin("updateTopic", "-b", second.address(), "-t", topic, "-r", "1", "-w", "1");
        await().atMost(LONG).until(() -> !first.witness().queues(topic).isEmpty());
        return topic;
    }

    private JsonNode deadLetters() {
        return json(gateway.get("/subscriptions/" + name + "/dlq"), 200);
    }

    private JsonNode redriven(String body) {
        var id = json(subscriptions.post("/subscriptions/" + name + "/dlq:redrive", body), 202)
                .get("id")
                .asText();
        return await().atMost(LONG)
                .until(
                        () -> json(gateway.get("/subscriptions/" + name + "/redrives/" + id), 200),
                        job -> !job.get("state").asText().equals("RUNNING"));
    }

    /** Whoever asks for the first time does not know which brokers had it. */
    @Test
    void aTopicOfTheOtherBrokerIsNotMissing() {
        var there = topicOnSecond();
        killSecond();

        RefusalsIT.assertProblem(gateway.get("/topics/" + there), 503, "broker-unavailable", true);
        RefusalsIT.assertProblem(gateway.publish(there, "", "m"), 503, "broker-unavailable", true);
        json(subscriptions.post("/subscriptions", """
                        {"name":"%s","source":{"topic":"%s"},"endpoint":{"url":"%s"}}""".formatted(name, there, endpoint.url())), 201);
        await().atMost(LONG).untilAsserted(() -> {
            var status = subscriptions.status(name);
            assertThat(status.get("phase").asText()).isEqualTo("STARTING");
            assertThat(status.get("reason").asText()).contains("broker-b");
        });

        second.restartBroker();
        subscriptions.awaitPhase(name, "RUNNING");
        RefusalsIT.assertProblem(gateway.get("/topics/typo-" + there), 404, "topic-not-found", false);
        RefusalsIT.assertProblem(gateway.publish("typo-" + there, "", "m"), 404, "topic-not-found", false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aListOfDeadLettersNamesTheBrokerItLacks(boolean onlyFrozen) {
        var topic = topicOnBoth();
        answer.set(Answer.of(422));
        subscriptions.create(name, topic, endpoint.url(), "");
        first.witness().send(new MessageQueue(topic, "broker-a", 0), "of a");
        first.witness().send(new MessageQueue(topic, "broker-b", 0), "of b");
        await().atMost(LONG).until(() -> deadLetters().get("total").asInt() == 2);
        assertThat(deadLetters().has("missingBrokers")).isFalse();
        var idOfA = deadLetters().get("items").get(0).get("messageId").asText();

        answer.set(Answer.of(200));
        if (onlyFrozen) {
            second.freezeBroker();
        } else {
            killSecond();
        }
        try {
            var list = deadLetters();
            assertThat(list.get("total").asInt()).isEqualTo(1);
            assertThat(list.get("missingBrokers").toString()).isEqualTo("[\"broker-b\"]");
            assertThat(redriven("{\"ids\":[\"" + idOfA + "\"]}").get("state").asText())
                    .isEqualTo("DONE");
            var failed = redriven("{\"all\":true}");
            assertThat(failed.get("state").asText()).as(failed.toString()).isEqualTo("FAILED");
            assertThat(failed.get("skipped").asInt()).isEqualTo(1);
            assertThat(failed.get("detail").asText()).contains("broker-b");
        } finally {
            if (onlyFrozen) {
                second.thawBroker();
            } else {
                second.restartBroker();
            }
        }

        await().atMost(LONG).until(() -> !deadLetters().has("missingBrokers"));
        assertThat(redriven("{\"all\":true}").get("redriven").asInt()).isEqualTo(1);
        await().atMost(LONG).untilAsserted(() -> assertThat(endpoint.requests())
                .extracting(Request::text)
                .containsExactlyInAnyOrder("of a", "of b", "of a", "of b"));
    }

    @Test
    void aSeekChangesNothingAndTheLagIsUnknown() {
        var topic = topicOnBoth();
        subscriptions.create(name, topic, endpoint.url(), "");
        first.witness().send(new MessageQueue(topic, "broker-a", 0), "of a");
        endpoint.awaitBody("of a");
        await().atMost(LONG)
                .until(() -> subscriptions.status(name).path("lagMessages").asInt(-1) == 0);

        killSecond();

        RefusalsIT.assertProblem(
                subscriptions.post("/subscriptions/" + name + ":seek", "{\"position\":\"EARLIEST\"}"),
                503,
                "broker-unavailable",
                true);
        assertThat(gateway.log().substring(begin)).doesNotContain("state=draining");
        await().atMost(LONG).untilAsserted(() -> {
            var status = subscriptions.status(name);
            assertThat(status.get("phase").asText()).isEqualTo("RUNNING");
            assertThat(status.get("reason").asText()).contains("broker-b");
            assertThat(status.get("lagMessages").isNull()).isTrue();
        });
        assertThat(endpoint.requests()).hasSize(1);
    }
}
