package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A filter that the broker refuses is told of, and harms nobody else. */
class FilterIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LONG = Duration.ofSeconds(60);

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final TestEndpoint endpoint = TestEndpoint.answering(200);
    private GatewayProcess gateway;

    @AfterEach
    void stop() {
        if (gateway != GatewayProcess.shared()) {
            gateway.close();
        }
        endpoint.close();
    }

    private void configure(GatewayProcess.Builder builder, String subscription, String type, String expression) {
        builder.subscribing(subscription, topic, endpoint)
                .with("gateway.subscriptions." + subscription + ".source.filter.type", type)
                .with("gateway.subscriptions." + subscription + ".source.filter.expression", expression);
    }

    @Test
    void badFiltersOfTheConfigurationFailAloneAndEveryOtherSubscriptionRuns() {
        var builder = GatewayProcess.connectedTo(BROKER);
        for (int i = 0; i < 8; i++) {
            configure(builder, name + "-sql-" + i, "SQL92", "region = 'eu' AND amount > " + i);
            configure(builder, name + "-tag-" + i, "TAG", "a || b");
        }
        configure(builder, name + "-bad-0", "SQL92", "region = ");
        configure(builder, name + "-bad-1", "SQL92", "a.b = 'x'");
        gateway = builder.start();
        var subscriptions = new Subscriptions(gateway);
        await().atMost(LONG).until(() -> gateway.get("/q/health/ready").statusCode() == 200);

        IntStream.range(0, 8).forEach(i -> {
            subscriptions.awaitPhase(name + "-sql-" + i, "RUNNING");
            subscriptions.awaitPhase(name + "-tag-" + i, "RUNNING");
        });
        for (int i = 0; i < 2; i++) {
            subscriptions.awaitPhase(name + "-bad-" + i, "FAILED");
            assertThat(subscriptions.status(name + "-bad-" + i).get("reason").asText())
                    .startsWith("the broker refuses the filter: ")
                    .hasSizeLessThan(300)
                    .doesNotContain("\n", "\r", "127.0.0.1", "org.apache", "Was expecting");
        }
        assertThat(gateway.log()).doesNotContain("\tat ", "\n    at ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"region = ", "a.b = 'x'", "region == 'eu'", "(region = 'eu'", "region = 'eu"})
    void aBadFilterIsRefusedWithTheBrokersWordsWhenItIsCreated(String expression) {
        gateway = GatewayProcess.shared();

        var answer = new Subscriptions(gateway)
                .post("/subscriptions", """
                {"name":"%s","source":{"topic":"%s","filter":{"type":"SQL92","expression":"%s"}},"endpoint":{"url":"%s"}}""".formatted(name, topic, expression, endpoint.url()));

        var error = Subscriptions.json(answer, 400).get("errors").get(0);
        assertThat(error.get("field").asText()).isEqualTo("source.filter.expression");
        assertThat(error.get("message").asText())
                .startsWith("is refused by the broker: ")
                .contains(" at line 1, column ")
                .doesNotContain("org.apache", "Exception", "Was expecting");
    }

    @Test
    void aBrokerThatNoLongerTakesSqlKeepsNoSubscriptionByTagFromStarting() {
        try (var broker = TestBroker.start()) {
            var itsTopic = broker.newTopic();
            gateway = GatewayProcess.connectedTo(broker).start();
            var subscriptions = new Subscriptions(gateway);
            subscriptions.create(name + "-sql", itsTopic, endpoint.url(), "\"description\":\"by SQL\"");
            subscriptions.patch(
                    name + "-sql", "{\"source\":{\"filter\":{\"type\":\"SQL92\",\"expression\":\"a = 'b'\"}}}");
            subscriptions.awaitPhase(name + "-sql", "RUNNING");
            broker.admin("updateBrokerConfig", "-b", broker.address(), "-k", "enablePropertyFilter", "-v", "false");

            subscriptions.create(name + "-tag", itsTopic, endpoint.url(), "");

            broker.witness().send(itsTopic, "hello");
            await().atMost(LONG).until(() -> endpoint.count() > 0);
        }
    }
}
