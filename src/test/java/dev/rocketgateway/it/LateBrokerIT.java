package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.time.Duration;
import java.util.List;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker comes back after a subscription was created: the subscription begins where it should in the queues of this broker too. */
class LateBrokerIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static TestBroker broker;
    private static GatewayProcess gateway;

    private final String topic = broker.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);

    @BeforeAll
    static void start() {
        broker = TestBroker.start();
        gateway = GatewayProcess.connectedTo(broker)
                .with("gateway.deliver.clock-tolerance", "0s")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LATEST", "EARLIEST"})
    void beginsWhereItShouldInTheQueuesOfABrokerThatJoinsLater(String position) {
        var subscriptions = new Subscriptions(gateway);
        try (var second = broker.another("broker-" + name);
                var endpoint = TestEndpoint.answering(200)) {
            var there = new MessageQueue(topic, "broker-" + name, 0);
            broker.witness().createTopic(topic, 4);
            broker.witness().send(there, "old");
            second.killBroker();
            await().atMost(LONG).until(() -> broker.witness().queues(topic).stream()
                    .noneMatch(queue -> queue.getBrokerName().equals(there.getBrokerName())));
            Subscriptions.json(
                    subscriptions.post("/subscriptions", """
                            {"name":"%s","source":{"topic":"%s","startFrom":{"position":"%s"}},"endpoint":{"url":"%s"}}""".formatted(name, topic, position, endpoint.url())), 201);
            second.restartBroker();
            await().atMost(LONG).until(() -> broker.witness().queues(topic).contains(there));

            broker.witness().send(there, "new");

            var expected = position.equals("LATEST") ? List.of("new") : List.of("old", "new");
            await().atMost(LONG).until(() -> texts(endpoint).containsAll(expected));
            broker.witness().send(there, "last");
            await().atMost(LONG).until(() -> texts(endpoint).contains("last"));
            assertThat(texts(endpoint)).containsAll(expected).contains("last").hasSize(expected.size() + 1);
            subscriptions.delete(name, "");
        }
    }

    private static List<String> texts(TestEndpoint endpoint) {
        return endpoint.requests().stream().map(Request::text).toList();
    }
}
