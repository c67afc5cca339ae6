package dev.rocketgateway.it;

import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.OrderLog;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Webhooks in order, on several replicas. They share nothing but the broker. */
class OrderedReplicasIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LONG = Duration.ofSeconds(60);

    private final String name = "o-" + Long.toString(System.nanoTime(), 36);
    private String topic;

    @BeforeEach
    void newTopic() {
        topic = BROKER.newTopic();
    }

    /** A replica whose configuration has the subscription. */
    static GatewayProcess.Builder replica(TestBroker broker, String name, String topic, TestEndpoint endpoint) {
        var subscription = "gateway.subscriptions." + name + ".";
        return GatewayProcess.connectedTo(broker)
                .with("gateway.store.url", "none")
                .subscribing(name, topic, endpoint)
                .with(subscription + "source.mode", "ORDERED")
                .with(subscription + "source.start-from.position", "EARLIEST")
                .with(subscription + "retry.schedule", "1s")
                .with(subscription + "retry.max-attempts", 100)
                .with(subscription + "circuit-breaker.enabled", false);
    }

    private GatewayProcess started(TestEndpoint endpoint) {
        var replica = replica(BROKER, name, topic, endpoint).start();
        new Subscriptions(replica).awaitPhase(name, "RUNNING");
        return replica;
    }

    static String lines(String group, int messages) {
        return IntStream.range(0, messages)
                .mapToObj(i -> group + ":" + i + "\n")
                .collect(Collectors.joining());
    }

    static void publish(GatewayProcess gateway, String topic, String group, int messages) {
        json(gateway.publishBatch(topic, "messageGroup=" + group, "application/x-ndjson", lines(group, messages)), 200);
    }

    @Test
    void keepsTheOrderOverTheDeathOfAReplica() {
        var log = new OrderLog();
        var random = new Random(3);
        try (var endpoint = TestEndpoint.answering((Request request) -> {
                    boolean accepts;
                    synchronized (random) {
                        accepts = random.nextInt(50) > 0;
                    }
                    log.record(request, accepts);
                    return Answer.of(accepts ? 200 : 500);
                });
                var first = started(endpoint)) {
            for (int group = 0; group < 20; group++) {
                publish(first, topic, "g" + group, 25);
            }
            try (var second = started(endpoint)) {
                await().atMost(LONG).until(() -> log.accepted() > 100);
                second.process().kill();
            }
            await().atMost(LONG).until(() -> log.accepted() == 500);
        }
        assertInOrder(log, 20, 25);
        assertThat(log.miscounted()).as("at most the head of each queue").hasSizeLessThanOrEqualTo(4);
    }

    static void assertInOrder(OrderLog log, int groups, int messages) {
        var all = IntStream.range(0, messages).boxed().toList();
        assertThat(log.firstAccepted()).hasSize(groups);
        assertThat(log.firstAccepted())
                .allSatisfy((group, numbers) -> assertThat(numbers).as(group).isEqualTo(all));
    }

    /** Without the release, its lease would hold the queue for half a minute. */
    @Test
    void aMessageLeftOverByAStopIsTakenByAnotherReplicaAtOnce() {
        var holds = new AtomicBoolean(true);
        try (var endpoint = TestEndpoint.answering((Request request) ->
                        holds.get() ? new Answer(503, Map.of("Retry-After", "3600"), "") : Answer.of(200));
                var first = started(endpoint)) {
            // Each in its own queue, so that the others wait at the gate of the replica.
            for (int group = 0; group < 10; group++) {
                publish(first, topic, "g" + group, 1);
            }
            var subscriptions = new Subscriptions(first);
            await().atMost(LONG)
                    .until(() -> subscriptions.status(name).get("held").asInt() >= 2);
            int before = endpoint.count();
            holds.set(false);

            assertThat(first.terminate(Duration.ofSeconds(30))).isTrue();
            try (var second = started(endpoint)) {
                assertThat(second.process().isAlive()).isTrue();
                await().atMost(Duration.ofSeconds(20)).until(() -> endpoint.count() >= before + 2);
            }
        }
    }
}
