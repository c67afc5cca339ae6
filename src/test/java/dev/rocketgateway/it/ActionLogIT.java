package dev.rocketgateway.it;

import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each action through the API is one line of the log, at INFO. */
class ActionLogIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.of(200));
    private final TestEndpoint endpoint = TestEndpoint.answering(answer::get);
    private GatewayProcess gateway = GatewayProcess.shared();
    private Subscriptions subscriptions = new Subscriptions(gateway);

    @AfterEach
    void stop() {
        if (gateway == GatewayProcess.shared()) {
            subscriptions.delete(name, "");
        } else {
            gateway.close();
        }
        endpoint.close();
    }

    private void assertLogged(String line) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(gateway.log()
                        .lines()
                        .filter(each -> !each.contains("[de.ro.audit]")
                                && each.contains(line)
                                && each.contains("subscription=" + name)))
                .as(line)
                .hasSize(1)
                .allMatch(each -> each.contains("INFO")));
    }

    @Test
    void changesOfASubscription() {
        subscriptions.create(name, topic, endpoint.url(), "");
        assertLogged("action=create");

        json(
                gateway.send(gateway.request("/subscriptions/" + name, "Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("""
                        {"source":{"topic":"%s"},"endpoint":{"url":"%s"},"delivery":{"maxInFlight":4}}""".formatted(topic, endpoint.url())))),
                200);
        assertLogged("action=replace");
        subscriptions.patch(name, "{\"delivery\":{\"maxInFlight\":8}}");
        assertLogged("action=patch");
        subscriptions.act(name, "pause");
        assertLogged("action=pause");
        subscriptions.act(name, "resume");
        assertLogged("action=resume");
        subscriptions.act(name, "rotateSecret");
        assertLogged("action=rotate-secret");
        assertThat(subscriptions.delete(name, "").statusCode()).isEqualTo(204);
        assertLogged("action=delete");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:h2:mem:gateway", "none"})
    void theEndOfAHoldOfASubscriptionOfTheConfiguration(String store) {
        answer.set(Answer.of(503));
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.store.url", store)
                .subscribing(name, topic, endpoint)
                .with("gateway.subscriptions." + name + ".circuit-breaker.minimum-requests", 1)
                .with("gateway.subscriptions." + name + ".circuit-breaker.open", "9m")
                .with("gateway.subscriptions." + name + ".circuit-breaker.max-open", "1h")
                .start();
        subscriptions = new Subscriptions(gateway);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.log().contains("subscription=" + name + " state=running"));
        BROKER.witness().send(topic, "held");
        subscriptions.awaitPhase(name, "HOLDING");

        subscriptions.act(name, "resume");

        assertLogged("action=resume");
        assertLogged("webhooks released");
    }

    @Test
    void whatIsDoneWithASubscription() {
        answer.set(Answer.of(422));
        subscriptions.create(name, topic, endpoint.url(), "");
        BROKER.witness().send(topic, "one");
        BROKER.witness().send(topic, "two");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> json(gateway.get("/subscriptions/" + name + "/dlq"), 200)
                                .get("total")
                                .asInt()
                        == 2);

        json(subscriptions.post("/subscriptions/" + name + ":test", "{}"), 200);
        assertLogged("subscription tested");
        var path = "/subscriptions/" + name + "/dlq:redrive";
        var id = json(subscriptions.post(path, "{\"all\":true,\"ratePerSecond\":0.01}"), 202)
                .get("id")
                .asText();
        assertLogged("redrive is starting");
        json(
                gateway.send(gateway.request("/subscriptions/" + name + "/redrives/" + id)
                        .DELETE()),
                200);
        assertLogged("redrive is stopping");
        assertLogged("dead letters redriven");
        json(subscriptions.post("/subscriptions/" + name + ":seek", "{\"position\":\"LATEST\"}"), 200);
        assertLogged("subscription moved");
    }
}
