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
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The only broker is away, and the name server has forgotten its topics: nothing that it may have is said not to exist. */
class AbsentBrokersIT {

    private static final Duration LONG = Duration.ofSeconds(90);

    private static TestBroker broker;
    private static GatewayProcess running;

    private final String topic = broker.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.of(200));
    private final TestEndpoint endpoint = TestEndpoint.answering(answer::get);
    private GatewayProcess gateway = running;
    private Subscriptions subscriptions = new Subscriptions(running);
    private int begin;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
        running = builder().start();
    }

    @AfterAll
    static void stopBroker() {
        running.close();
        broker.close();
    }

    @BeforeEach
    void start() {
        await().atMost(LONG).until(() -> running.get("/q/health/ready").statusCode() == 200);
        begin = running.log().length();
    }

    private static GatewayProcess.Builder builder() {
        return GatewayProcess.connectedTo(broker)
                .with("gateway.deliver.clock-tolerance", "0s")
                .with("gateway.deliver.watch-interval", "500ms");
    }

    @AfterEach
    void stop() {
        broker.repair();
        if (gateway != running) {
            gateway.close();
        }
        new Subscriptions(running).delete(name, "");
        endpoint.close();
    }

    private String log() {
        return gateway == running ? gateway.log().substring(begin) : gateway.log();
    }

    private void killBroker() {
        broker.killBroker();
        await().atMost(LONG).until(() -> !broker.isListed("broker-a"));
    }

    private HttpResponse<String> create() {
        return subscriptions.post("/subscriptions", """
                {"name":"%s","source":{"topic":"%s"},"endpoint":{"url":"%s"}}""".formatted(name, topic, endpoint.url()));
    }

    private void publish(String text) {
        assertThat(gateway.publish(topic, "timeout=20s", text).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> deadLetters() {
        return gateway.get("/subscriptions/" + name + "/dlq");
    }

    private JsonNode redriven() {
        var id = json(subscriptions.post("/subscriptions/" + name + "/dlq:redrive", "{\"all\":true}"), 202)
                .get("id")
                .asText();
        return await().atMost(LONG)
                .until(
                        () -> json(gateway.get("/subscriptions/" + name + "/redrives/" + id), 200),
                        job -> !job.get("state").asText().equals("RUNNING"));
    }

    private void assertStartingForWantOfABroker() {
        await().atMost(LONG).untilAsserted(() -> {
            var status = subscriptions.status(name);
            assertThat(status.get("phase").asText()).isEqualTo("STARTING");
            assertThat(status.get("reason").asText()).contains("broker");
        });
        assertThat(log()).doesNotContain("state=failed");
    }

    private List<String> received() {
        return endpoint.requests().stream().map(Request::text).toList();
    }

    @Test
    void deadLettersAreUnavailableAndARedriveFailsUntilTheBrokerIsBack() {
        answer.set(Answer.of(422));
        subscriptions.create(name, topic, endpoint.url(), "");
        publish("lost");
        await().atMost(LONG).until(() -> json(deadLetters(), 200).get("total").asInt() == 1);

        killBroker();

        RefusalsIT.assertProblem(deadLetters(), 503, "broker-unavailable", true);
        var failed = redriven();
        assertThat(failed.get("state").asText()).as(failed.toString()).isEqualTo("FAILED");
        assertThat(failed.get("detail").asText()).contains("broker-a");

        answer.set(Answer.of(200));
        broker.restartBroker();
        await().atMost(LONG).untilAsserted(() -> assertThat(
                        json(deadLetters(), 200).get("total").asInt())
                .isEqualTo(1));
        assertThat(redriven().get("redriven").asInt()).isEqualTo(1);
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsExactly("lost", "lost"));
    }

    @Test
    void aSubscriptionIsMadeAndBeginsAtItsCreation() {
        publish("old");
        killBroker();

        json(create(), 201);
        assertStartingForWantOfABroker();

        broker.restartBroker();
        subscriptions.awaitPhase(name, "RUNNING");
        publish("new");
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsExactly("new"));
    }

    @Test
    void aSeekIsUnavailableAndChangesNothingAndTheStatusSaysWhatIsTheMatter() {
        subscriptions.create(name, topic, endpoint.url(), "");
        publish("one");
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsExactly("one"));

        killBroker();

        RefusalsIT.assertProblem(
                subscriptions.post("/subscriptions/" + name + ":seek", "{\"position\":\"EARLIEST\"}"),
                503,
                "broker-unavailable",
                true);
        assertThat(log()).doesNotContain("state=draining");
        await().atMost(LONG).untilAsserted(() -> {
            var status = subscriptions.status(name);
            assertThat(status.get("phase").asText()).isEqualTo("RUNNING");
            assertThat(status.get("reason").asText()).contains("broker-a");
        });

        broker.restartBroker();
        await().atMost(LONG)
                .until(() -> subscriptions.status(name).get("reason").isNull());
        publish("two");
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsExactly("one", "two"));
    }

    @Test
    void aResumedSubscriptionAndOneOfANewStartAreStarting() {
        subscriptions.create(name, topic, endpoint.url(), "");
        subscriptions.act(name, "pause");
        killBroker();

        subscriptions.act(name, "resume");
        assertStartingForWantOfABroker();

        gateway = builder().subscribing(name, topic, endpoint).start();
        subscriptions = new Subscriptions(gateway);
        assertStartingForWantOfABroker();

        broker.restartBroker();
        subscriptions.awaitPhase(name, "RUNNING");
    }

    @Test
    void nobodyCanTellOfTopicsUntilTheBrokerIsBack() {
        var typo = "typo-" + topic;
        killBroker();

        RefusalsIT.assertProblem(gateway.get("/topics/" + topic), 503, "broker-unavailable", true);
        RefusalsIT.assertProblem(gateway.get("/topics/" + typo), 503, "broker-unavailable", true);

        broker.restartBroker();
        await().atMost(LONG).until(() -> gateway.get("/topics/" + topic).statusCode() == 200);
        RefusalsIT.assertProblem(gateway.get("/topics/" + typo), 404, "topic-not-found", false);
    }

    /** Brokers tell a new name server of themselves with their next registration, up to half a minute later. */
    @Test
    void aNameServerThatHasJustRestartedIsNotBelieved() {
        // It would register by itself on a slow machine.
        broker.freezeBroker();
        broker.killNameServer();
        broker.restartNameServer();

        json(create(), 201);
        RefusalsIT.assertProblem(gateway.get("/topics/" + topic), 503, "broker-unavailable", true);
        RefusalsIT.assertProblem(deadLetters(), 503, "broker-unavailable", true);
        assertStartingForWantOfABroker();

        broker.thawBroker();
        broker.registerBroker();
        subscriptions.awaitPhase(name, "RUNNING");
        publish("new");
        await().atMost(LONG).untilAsserted(() -> assertThat(received()).containsExactly("new"));
    }
}
