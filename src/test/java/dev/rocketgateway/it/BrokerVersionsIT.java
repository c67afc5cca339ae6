package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import dev.rocketgateway.testing.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README says of each version of RocketMQ, on a broker of that version: {@code ./mvnw verify -Pbroker-versions}. */
@ParameterizedClass
@ValueSource(strings = {"4.9.7", "5.1.4", "5.3.3", "5.5.0"})
@EnabledIfSystemProperty(named = "broker.versions", matches = "true")
class BrokerVersionsIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Map<String, TestBroker> BROKERS = new ConcurrentHashMap<>();
    private static final Map<String, GatewayProcess> GATEWAYS = new ConcurrentHashMap<>();

    private final String version;
    private final TestBroker broker;
    private final GatewayProcess gateway;
    private final Subscriptions subscriptions;
    private final String topic;
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private TestEndpoint endpoint;

    BrokerVersionsIT(String version) {
        this.version = version;
        this.broker = BROKERS.computeIfAbsent(version, TestBroker::startVersion);
        this.gateway = GATEWAYS.computeIfAbsent(
                version, one -> GatewayProcess.connectedTo(broker).start());
        this.subscriptions = new Subscriptions(gateway);
        this.topic = broker.newTopic();
        await().atMost(LONG).until(() -> gateway.get("/q/health/ready").statusCode() == 200);
    }

    @BeforeEach
    void openEndpoint() {
        endpoint = TestEndpoint.answering(200);
    }

    @AfterEach
    void closeEndpoint() {
        endpoint.close();
    }

    @AfterAll
    static void stop() {
        GATEWAYS.values().forEach(GatewayProcess::close);
        GATEWAYS.clear();
        BROKERS.values().forEach(TestBroker::close);
        BROKERS.clear();
    }

    private boolean hasTimers() {
        return !version.startsWith("4.");
    }

    private void subscribe(String more) {
        subscriptions.create(name, topic, endpoint.url(), more);
    }

    private void awaitTexts(String... texts) {
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsExactlyInAnyOrder(texts));
    }

    private List<String> received() {
        return endpoint.requests().stream().map(Request::text).toList();
    }

    @Test
    void publishesInEveryModeAndDeliversWhatIsPublishedAfterTheCreation() {
        assertThat(gateway.publish(topic, "", "old").statusCode()).isEqualTo(200);
        subscribe("");

        assertThat(gateway.publish(topic, "mode=sync", "sync").statusCode()).isEqualTo(200);
        assertThat(gateway.publish(topic, "mode=async", "async").statusCode()).isEqualTo(202);
        assertThat(gateway.publish(topic, "mode=oneway", "oneway").statusCode()).isEqualTo(204);
        assertThat(gateway.publish(topic, "messageGroup=g", "group").statusCode())
                .isEqualTo(200);
        assertThat(gateway.publish(topic, "delayLevel=2", "level").statusCode()).isEqualTo(200);
        var batch = json(
                gateway.publishBatch(
                        topic,
                        "",
                        "application/json",
                        "{\"messages\":[{\"body\":\"b1\"},{\"body\":\"b2\",\"tag\":\"t\"},{\"body\":\"b3\"}]}"),
                200);

        awaitTexts("sync", "async", "oneway", "group", "level", "b1", "b2", "b3");
        for (int i = 0; i < 3; i++) {
            var text = "b" + (i + 1);
            assertThat(endpoint.requests())
                    .filteredOn(request -> request.text().equals(text))
                    .extracting(request -> request.header("webhook-id"))
                    .containsExactly(batch.get("results").get(i).get("msgId").asText());
        }
    }

    @Test
    void deliversInOrderOrSaysThatTheBrokerIsTooOld() {
        var failures = new ConcurrentHashMap<String, Integer>();
        try (var flaky = TestEndpoint.answering((Request request) -> TestEndpoint.Answer.of(
                request.text().equals("2") && failures.merge("2", 1, Integer::sum) <= 2 ? 500 : 200))) {
            var document = """
                    {"name":"%s","source":{"topic":"%s","mode":"ORDERED","startFrom":{"position":"EARLIEST"}},
                     "endpoint":{"url":"%s"},"retry":{"schedule":["1s"]}}""".formatted(name, topic, flaky.url());
            json(subscriptions.post("/subscriptions", document), 201);
            if (!hasTimers()) {
                subscriptions.awaitPhase(name, "FAILED");
                assertThat(subscriptions.status(name).get("reason").asText())
                        .contains("RocketMQ " + version, "ordered delivery need 5.0");
                return;
            }

            for (var body : List.of("1", "2", "3")) {
                gateway.publish(topic, "messageGroup=g", body);
            }

            await().atMost(LONG).until(() -> flaky.count() == 5);
            assertThat(flaky.requests())
                    .extracting(request -> request.text() + request.header("rocketmq-delivery-attempt"))
                    .containsExactly("11", "21", "22", "23", "31");
        }
    }

    @Test
    void handsOutMessagesToWorkersOrSaysThatTheBrokerIsTooOld() {
        json(subscriptions.post("/subscriptions", """
                        {"name":"%s","source":{"topic":"%s"},"pull":{"visibility":"10s"}}""".formatted(name, topic)), 201);
        if (!hasTimers()) {
            subscriptions.awaitPhase(name, "FAILED");
            assertThat(subscriptions.status(name).get("reason").asText())
                    .contains("RocketMQ " + version, "receiving over HTTP and ordered delivery need 5.0");
            return;
        }
        subscriptions.awaitPhase(name, "RUNNING");
        var worker = new Worker(gateway, name);

        gateway.publish(topic, "", "kept");
        var kept = worker.receiveOne("");
        gateway.publish(topic, "", "done");
        var done = worker.receiveOne("");
        json(worker.acknowledge(done.receipt()), 200);
        var extended =
                json(worker.extend("12s", kept.receipt()), 200).path("results").path(0);

        assertThat(extended.path("status").intValue()).as(extended.toString()).isEqualTo(200);
        assertThat(worker.acknowledge(kept.receipt()).body()).contains("lease-ended");
        var again = await().atMost(LONG).until(() -> worker.receive("?wait=20s"), messages -> !messages.isEmpty());
        assertThat(again).extracting(Worker.Message::body).containsExactly("kept");
        assertThat(again.get(0).attempt()).isEqualTo(2);
        assertThat(again.get(0).id()).isEqualTo(kept.id());
    }

    @Test
    void recallsTimerMessagesOrSaysThatTheBrokerIsTooOld() {
        var answer = RecallIT.recall(
                gateway, topic, RecallIT.handle(topic, "broker-a", System.currentTimeMillis() + 60_000));

        if (List.of("4.9.7", "5.1.4").contains(version)) {
            assertProblem(answer, 409, "broker-too-old", false);
            assertThat(answer.body()).contains("RocketMQ " + version, "recalls need 5.3.2");
        } else {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        }
    }

    @Test
    void deliversTimerMessagesWhenTheyAreDueOrRefusesThem() {
        subscribe("");
        // One that has passed is no matter of timers.
        var due = Instant.now().plusSeconds(hasTimers() ? 5 : 3600);
        for (var query : List.of("delay=5s", "deliverAt=" + due)) {
            for (var mode : List.of("sync", "async", "oneway")) {
                var answer = gateway.publish(topic, query + "&mode=" + mode, query + mode);
                if (hasTimers()) {
                    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
                } else {
                    assertProblem(answer, 409, "broker-too-old", false);
                    assertThat(answer.body()).contains("RocketMQ " + version, "timer messages need 5.0", "delayLevel");
                }
            }
        }
        var batch = json(
                gateway.publishBatch(
                        topic,
                        "",
                        "application/json",
                        "{\"messages\":[{\"body\":\"now\"},{\"body\":\"later\",\"delay\":\"1s\"}]}"),
                hasTimers() ? 200 : 207);
        assertThat(batch.get("results").get(1).path("code").asText()).isEqualTo(hasTimers() ? "" : "broker-too-old");

        if (hasTimers()) {
            await().atMost(LONG).until(() -> endpoint.count() == 8);
            assertThat(endpoint.requests())
                    .filteredOn(request -> request.text().startsWith("de"))
                    .hasSize(6)
                    .allSatisfy(request -> assertThat(request.at()).isAfterOrEqualTo(due.minusSeconds(1)));
        } else {
            awaitTexts("now");
            assertThat(broker.count(topic))
                    .as("nothing was stored that was refused")
                    .isEqualTo(1);
        }
    }

    @Test
    void takesADeliveryTimeThatHasPassed() {
        subscribe("");

        assertThat(gateway.publish(topic, "deliverAt=2026-01-01T00:00:00Z", "past")
                        .statusCode())
                .isEqualTo(200);

        awaitTexts("past");
    }

    @Test
    void retriesDeadLettersAndGivesThemBack() {
        endpoint.close();
        endpoint = TestEndpoint.answering(500, 422, 200);
        subscribe("");

        gateway.publish(topic, "key=k", "again");

        assertThat(endpoint.await(2))
                .extracting(request -> request.header("rocketmq-delivery-attempt"))
                .containsExactly("1", "2");
        var dlq = "/subscriptions/" + name + "/dlq";
        await().atMost(LONG)
                .until(() -> json(gateway.get(dlq), 200).get("items").size() == 1);
        json(subscriptions.post(dlq + ":redrive", "{\"all\":true}"), 202);
        assertThat(endpoint.await(3)).extracting(Request::text).containsOnly("again");
    }

    @Test
    void filtersByTagAndBySql() {
        subscribe("\"description\":\"\"");
        subscriptions.patch(name, "{\"source\":{\"filter\":{\"expression\":\"a || b\"}}}");
        subscriptions.awaitPhase(name, "RUNNING");
        try (var bySql = TestEndpoint.answering(200)) {
            subscriptions.create(name + "-sql", topic, bySql.url(), "");
            subscriptions.patch(
                    name + "-sql", "{\"source\":{\"filter\":{\"type\":\"SQL92\",\"expression\":\"region = 'eu'\"}}}");
            subscriptions.awaitPhase(name + "-sql", "RUNNING");

            Stream.of("a", "b", "c").forEach(tag -> gateway.publish(topic, "tag=" + tag, tag));
            gateway.publish(topic, "tag=d&property.region=eu", "eu");

            awaitTexts("a", "b");
            assertThat(bySql.await(1)).extracting(Request::text).containsExactly("eu");
        }
        var refused = subscriptions.post("/subscriptions", """
                {"name":"%s-bad","source":{"topic":"%s","filter":{"type":"SQL92","expression":"region = "}},"endpoint":{"url":"%s"}}""".formatted(name, topic, endpoint.url()));
        assertThat(json(refused, 400).toString()).contains("refused by the broker");
    }

    @Test
    void pausesResumesAndSeeks() {
        subscribe("");
        gateway.publish(topic, "", "one");
        awaitTexts("one");
        subscriptions.act(name, "pause");
        subscriptions.awaitPhase(name, "PAUSED");
        gateway.publish(topic, "", "two");
        subscriptions.act(name, "resume");
        awaitTexts("one", "two");

        json(subscriptions.post("/subscriptions/" + name + ":seek", "{\"position\":\"EARLIEST\"}"), 200);

        awaitTexts("one", "two", "one", "two");
    }

    @Test
    void tellsOfTopicsAndOfTheLag() {
        subscribe("");

        assertThat(json(gateway.get("/topics/" + topic), 200).get("queues")).hasSize(4);
        assertThat(gateway.get("/topics/none-" + topic).statusCode()).isEqualTo(404);
        await().atMost(LONG)
                .until(() -> subscriptions.status(name).path("lagMessages").asInt(-1) == 0);
    }
}
