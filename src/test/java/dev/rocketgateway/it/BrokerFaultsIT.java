package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The broker having a bad day, for real. */
class BrokerFaultsIT {

    private static final Duration READINESS_LIMIT = Duration.ofSeconds(10);

    private static TestBroker broker;
    private static GatewayProcess running;

    private GatewayProcess gateway = running;
    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
        running = GatewayProcess.connectedTo(broker).start();
    }

    @AfterAll
    static void stopBroker() {
        running.close();
        broker.close();
    }

    @BeforeEach
    void start() {
        topic = broker.newTopic();
        awaitReadiness(200);
        awaitPublished("before");
    }

    @AfterEach
    void stop() {
        broker.repair();
        if (gateway != running) {
            gateway.close();
        }
    }

    @Test
    void answers503WhileTheBrokerIsDownAndServesAgainAfterIt() {
        broker.killBroker();

        for (String mode : new String[] {"sync", "async", "oneway"}) {
            var answer = gateway.publish(topic, "mode=" + mode + "&timeout=3s", "x");
            if (mode.equals("oneway") && answer.statusCode() == 204) {
                continue; // The connection had not noticed yet: handed to the network, and lost, as the mode says.
            }
            assertProblem(answer, 503, "broker-unavailable", true);
        }
        // A topic nobody has used yet cannot be told from a missing one, but for the brokers' absence.
        assertProblem(gateway.publish("never-used", "", "x"), 503, "broker-unavailable", true);
        awaitReadiness(503);
        assertThat(gateway.get("/q/health/ready").body())
                .contains("no broker answers")
                .doesNotContain("127.0.0.1");
        assertLive();

        broker.restartBroker();

        awaitReadiness(200);
        awaitPublished("after");
        await().untilAsserted(() -> assertThat(broker.stored(topic))
                .anyMatch(stored -> stored.text().equals("after")));
    }

    /** The default of brokers. */
    @Test
    void saysThatTheBrokerDoesNotAllowRecalls() {
        var answer = RecallIT.recall(
                gateway, topic, RecallIT.handle(topic, "broker-a", System.currentTimeMillis() + 60_000));

        assertProblem(answer, 403, "recall-disabled", false);
        assertThat(answer.body()).contains("Broker 'broker-a'", "recallMessageEnable=true");
    }

    @Test
    void saysWhetherAMessageMayBeRecalledWhileTheBrokerIsFrozenAndWhileItIsDown() {
        var handle = RecallIT.handle(topic, "broker-a", System.currentTimeMillis() + 60_000);
        broker.freezeBroker();
        try {
            var answer = RecallIT.recall(gateway, topic, handle);

            // Another call can time out first, and then the client closes the connection.
            assertThat(answer.statusCode()).as(answer.body()).isIn(503, 504);
            assertThat(new JsonObject(answer.body()).getBoolean("retryable")).isTrue();
            assertThat(new JsonObject(answer.body()).getString("outcome")).isEqualTo("unknown");
            assertThat(answer.body()).contains("The message may have been recalled");
        } finally {
            broker.thawBroker();
        }
        broker.killBroker();

        var down = RecallIT.recall(gateway, topic, handle);

        assertProblem(down, 503, "broker-unavailable", true);
        assertThat(down.body()).contains("the message was not recalled").doesNotContain("outcome");
    }

    @Test
    void stopsReadingAStreamWhereTheBrokerStops() {
        var lines = ("x".repeat(999) + "\n").repeat(10_000);
        broker.freezeBroker();
        try {
            var answer = gateway.publishBatch(topic, "timeout=700ms", "application/x-ndjson", lines);

            assertProblem(answer, 504, "broker-timeout", true);
            var receipt = new JsonObject(answer.body());
            assertThat(receipt.getBoolean("stopped")).isTrue();
            assertThat(receipt.getInteger("failed")).isBetween(1000, 5000);
            assertThat(receipt.getJsonArray("results").getJsonObject(0).getString("outcome"))
                    .isEqualTo("unknown");
        } finally {
            broker.thawBroker();
        }
        broker.killBroker();
        var batch = "{\"messages\":[{\"body\":\"a\"},{\"body\":\"b\",\"messageGroup\":\"g\"},"
                + "{\"body\":\"c\",\"messageGroup\":\"g\"}]}";

        var answer = gateway.publishBatch(topic, "", "application/json", batch);

        assertProblem(answer, 503, "broker-unavailable", true);
        assertThat(new JsonObject(answer.body())
                        .getJsonArray("results")
                        .getJsonObject(2)
                        .getString("code"))
                .isEqualTo("earlier-message-failed");
    }

    @Test
    void answers504WithAnUnknownOutcomeWhileTheBrokerIsFrozenAndServesAgainAfterIt() {
        broker.freezeBroker();
        try {
            for (String mode : new String[] {"sync", "async"}) {
                var answer = gateway.publish(topic, "mode=" + mode + "&timeout=700ms", "frozen");
                assertProblem(answer, 504, "broker-timeout", true);
                assertThat(new JsonObject(answer.body()).getString("outcome")).isEqualTo("unknown");
                assertThat(answer.headers().firstValue("RocketMQ-Message-Id")).isPresent();
            }
            awaitReadiness(503);
            assertLive();
        } finally {
            broker.thawBroker();
        }

        awaitReadiness(200);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> gateway.publish(topic, "", "thawed").statusCode() == 200);
    }

    @Test
    void publishesToTopicsItKnowsWhileTheNameServerIsDown() {
        broker.killNameServer();

        assertThat(gateway.publish(topic, "", "known").statusCode()).isEqualTo(200);
        assertProblem(gateway.publish("not-known", "", "x"), 503, "broker-unavailable", true);
        awaitReadiness(503);
        assertThat(gateway.get("/q/health/ready").body()).contains("no name server answers");
        assertLive();

        broker.restartNameServer();

        awaitReadiness(200);
        broker.registerBroker();
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> assertProblem(gateway.publish("not-known", "", "x"), 404, "topic-not-found", false));
    }

    @Test
    void startsWithoutABrokerAndCatchesUpWhenItComes() {
        broker.killBroker();
        broker.killNameServer();
        try (var endpoint = TestEndpoint.answering(200)) {
            gateway = GatewayProcess.connectedTo(broker)
                    .subscribing("late", topic, endpoint)
                    .with("gateway.subscriptions.late.source.start-from.position", "EARLIEST")
                    .start();

            assertLive();
            assertThat(gateway.get("/q/health/started").statusCode()).isEqualTo(200);
            assertThat(gateway.get("/q/health/ready").statusCode()).isEqualTo(503);
            assertProblem(gateway.publish(topic, "", "x"), 503, "broker-unavailable", true);
            await().until(() -> gateway.log().contains("subscription cannot start yet subscription=late"));

            broker.restartNameServer();
            broker.restartBroker();

            awaitReadiness(200);
            endpoint.awaitBody("before");
            assertThat(gateway.publish(topic, "", "after").statusCode()).isEqualTo(200);
            endpoint.awaitBody("after");
        }
    }

    @Test
    void looksNothingUpWhileTheBrokerIsFrozenAndWhileItIsDown() {
        var id = Subscriptions.json(gateway.publish(topic, "key=k", "x"), 200)
                .get("msgId")
                .textValue();
        var paths =
                List.of("/topics/%s/messages/%s".formatted(topic, id), "/topics/%s/messages?key=k".formatted(topic));
        awaitFound(paths, id);

        broker.freezeBroker();
        assertThat(paths).allSatisfy(path -> assertProblem(gateway.get(path), 503, "broker-unavailable", true));
        broker.thawBroker();
        broker.killBroker();
        assertThat(paths).allSatisfy(path -> assertProblem(gateway.get(path), 503, "broker-unavailable", true));

        broker.restartBroker();
        awaitFound(paths, id);
    }

    private void awaitFound(List<String> paths, String id) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(paths)
                .allSatisfy(path -> assertThat(gateway.get(path).body()).contains(id)));
    }

    private void awaitPublished(String text) {
        await().atMost(Duration.ofSeconds(40))
                .until(() -> gateway.publish(topic, "", text).statusCode() == 200);
    }

    private void assertLive() {
        assertThat(gateway.get("/q/health/live").statusCode()).isEqualTo(200);
    }

    private void awaitReadiness(int status) {
        await().atMost(READINESS_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> gateway.get("/q/health/ready").statusCode() == status);
    }
}
