package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many messages of one queue, which one thread of the consumer sends at once. */
class FanOutIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final int MESSAGES = 200;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final CountDownLatch done = new CountDownLatch(1);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);
    private TestEndpoint endpoint;

    @AfterEach
    void stop() {
        done.countDown();
        subscriptions.delete(name, "");
        endpoint.close();
    }

    /** With all messages there before it begins, so that the broker gives many at once. */
    private void deliver(Function<Request, Answer> answers) {
        try (var producer = new NativeClient(BROKER.nameServerAddress())) {
            IntStream.range(0, MESSAGES).forEach(number -> producer.send(topic, "m" + number));
        }
        endpoint = TestEndpoint.answering(answers);
        subscriptions.createFromEarliest(
                name,
                topic,
                endpoint.url(),
                "delivery.maxInFlight",
                128,
                "endpoint.timeout",
                "30s",
                "retry.schedule",
                List.of("1s"),
                "circuitBreaker.enabled",
                false);
    }

    private Map<String, Long> copies() {
        return endpoint.requests().stream().collect(Collectors.groupingBy(Request::text, Collectors.counting()));
    }

    private JsonObject status() {
        return new JsonObject(gateway.get("/subscriptions/" + name).body()).getJsonObject("status");
    }

    private void awaitLag(long lag, Duration limit) {
        await().atMost(limit)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(status().getLong("lagMessages")).isEqualTo(lag));
    }

    private static boolean isTenth(Request request) {
        return request.text().endsWith("0");
    }

    @Test
    void redeliversThoseThatFailedAndNoOthers() {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        deliver(request -> Answer.of(isTenth(request) && failed.add(request.text()) ? 500 : 200));

        endpoint.await(MESSAGES + MESSAGES / 10);
        awaitLag(0, LONG);
        assertThat(copies())
                .hasSize(MESSAGES)
                .allSatisfy((body, copies) -> assertThat(copies).as(body).isEqualTo(body.endsWith("0") ? 2 : 1));
    }

    @Test
    void givesUpThoseThatAreRefusedAndNoOthers() {
        deliver(request -> Answer.of(isTenth(request) ? 422 : 200));

        endpoint.await(MESSAGES);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> BROKER.stored("%DLQ%GW-" + name).size() == MESSAGES / 10);
        awaitLag(0, LONG);
        assertThat(BROKER.stored("%DLQ%GW-" + name))
                .allSatisfy(dead -> assertThat(dead.text()).endsWith("0"));
        assertThat(copies())
                .hasSize(MESSAGES)
                .allSatisfy((body, copies) -> assertThat(copies).as(body).isEqualTo(1));
    }

    /** The position goes on past all that were sent together with the one that hangs, and came before it. */
    @Test
    void settlesTheOthersWhileOneHangs() {
        deliver(request -> {
            if (request.text().equals("m" + (MESSAGES - 1))) {
                try {
                    done.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Answer.of(200);
        });

        endpoint.await(MESSAGES - 1);
        // Within its timeout.
        awaitLag(1, Duration.ofSeconds(25));
        done.countDown();
        awaitLag(0, LONG);
        assertThat(copies()).hasSize(MESSAGES);
    }
}
