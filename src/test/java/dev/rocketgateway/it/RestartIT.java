package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Restarts under load, in both directions: a second copy is allowed, a lost message is not. */
@ResourceLock("the load of the machine")
class RestartIT {

    private static final Logger LOG = Logger.getLogger(RestartIT.class);

    private static final int RESTARTS = Integer.getInteger("restarts", 20);
    private static final int NATIVE_PER_SECOND = 100;

    /** What is left at the end, on a machine that does other things too. */
    private static final Duration CATCH_UP = Duration.ofMinutes(4);

    /** Subscriptions of the same topic, each with a group of its own. */
    private static final int OTHERS = 4;

    @Test
    void losesNothingOverManyRestarts() throws InterruptedException {
        try (var broker = TestBroker.start();
                var endpoint = TestEndpoint.answering(200);
                var others = TestEndpoint.answering(200);
                var producer = new NativeClient(broker.nameServerAddress())) {
            var topic = broker.newTopic();
            Set<String> sent = ConcurrentHashMap.newKeySet();
            Set<String> answered = ConcurrentHashMap.newKeySet();
            var number = new AtomicInteger();
            var threads = Executors.newScheduledThreadPool(3);
            var gateway = start(broker, topic, endpoint, others);
            var current = new AtomicReference<>(gateway);
            try {
                // Beside the gateway, as another program would.
                threads.scheduleAtFixedRate(
                        () -> {
                            var body = "native " + number.getAndIncrement();
                            producer.send(topic, body);
                            sent.add(body);
                        },
                        0,
                        1_000_000 / NATIVE_PER_SECOND,
                        TimeUnit.MICROSECONDS);
                // Through the gateway, as a caller that does not retry.
                threads.scheduleWithFixedDelay(
                        () -> {
                            var body = "http " + number.getAndIncrement();
                            if (publish(current.get(), topic, body)) {
                                answered.add(body);
                            }
                        },
                        0,
                        5,
                        TimeUnit.MILLISECONDS);
                for (int i = 0; i < RESTARTS; i++) {
                    int before = endpoint.count();
                    await().atMost(Duration.ofSeconds(30)).until(() -> endpoint.count() > before + 200);
                    assertThat(gateway.terminate(Duration.ofSeconds(30)))
                            .as(gateway.log())
                            .isTrue();
                    assertThat(gateway.log()).contains("gateway stopped");
                    gateway = start(broker, topic, endpoint, others);
                    current.set(gateway);
                }
            } finally {
                threads.shutdown();
                threads.awaitTermination(10, TimeUnit.SECONDS);
            }

            sent.addAll(answered);
            await().atMost(CATCH_UP).pollInterval(Duration.ofMillis(500)).until(() -> delivered(endpoint)
                    .containsAll(sent));
            var stored =
                    broker.stored(topic).stream().map(NativeClient.Stored::text).collect(Collectors.toSet());
            assertThat(stored).containsAll(answered);
            long duplicates = endpoint.requests().size() - delivered(endpoint).size();
            for (int i = 0; i < OTHERS; i++) {
                var name = "other-" + i;
                await().atMost(CATCH_UP).pollInterval(Duration.ofMillis(500)).until(() -> delivered(others, name)
                        .containsAll(sent));
                duplicates += others.requests().stream()
                                .filter(request ->
                                        request.header("rocketmq-subscription").equals(name))
                                .count()
                        - delivered(others, name).size();
            }
            long attemptsSpent = Stream.of(endpoint, others)
                    .flatMap(one -> one.requests().stream())
                    .filter(request ->
                            !request.header("rocketmq-delivery-attempt").equals("1"))
                    .count();
            LOG.infof(
                    "restarts=%d subscriptions=%d messages=%d answered=%d duplicates=%d attemptsSpent=%d",
                    RESTARTS, 1 + OTHERS, sent.size(), answered.size(), duplicates, attemptsSpent);
            assertThat(attemptsSpent).as("attempts spent by restarts").isZero();
            // A drain leaves hardly any; a message left before many that were delivered has them all come again.
            assertThat(duplicates).as("copies").isLessThan(sent.size() / 100);
            gateway.close();
        }
    }

    private static Set<String> delivered(TestEndpoint endpoint, String subscription) {
        return endpoint.requests().stream()
                .filter(request -> request.header("rocketmq-subscription").equals(subscription))
                .map(Request::text)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static Set<String> delivered(TestEndpoint endpoint) {
        return endpoint.requests().stream().map(Request::text).collect(Collectors.toCollection(HashSet::new));
    }

    private static GatewayProcess start(TestBroker broker, String topic, TestEndpoint endpoint, TestEndpoint others) {
        var builder = GatewayProcess.connectedTo(broker)
                .subscribing("restarted", topic, endpoint)
                .with("gateway.subscriptions.restarted.source.start-from.position", "EARLIEST");
        for (int i = 0; i < OTHERS; i++) {
            builder.subscribing("other-" + i, topic, others)
                    .with("gateway.subscriptions.other-" + i + ".source.start-from.position", "EARLIEST")
                    .with("gateway.subscriptions.other-" + i + ".delivery.max-in-flight", 1 << 2 * i);
        }
        return builder.start();
    }

    private static boolean publish(GatewayProcess gateway, String topic, String body) {
        try {
            var answer = gateway.http()
                    .send(
                            gateway.request("/topics/" + topic + "/messages?mode=async")
                                    .timeout(Duration.ofSeconds(10))
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
            return answer.statusCode() == 202;
        } catch (IOException betweenTwoGateways) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
