package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Webhooks in order, on one replica. */
@Execution(ExecutionMode.CONCURRENT) // most of their time the tests wait for retries and leases; each has a topic and a
// subscription of its own
class OrderedIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final GatewayProcess GATEWAY = GatewayProcess.shared();
    private static final Subscriptions SUBSCRIPTIONS = new Subscriptions(GATEWAY);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final String name = "o-" + Long.toString(System.nanoTime(), 36);
    private String topic;
    private TestEndpoint endpoint;

    @BeforeEach
    void open() {
        topic = BROKER.newTopic();
        endpoint = TestEndpoint.answering((Request request) -> Answer.of(failing.contains(request.text()) ? 500 : 200));
    }

    @AfterEach
    void close() {
        SUBSCRIPTIONS.delete(name, "");
        endpoint.close();
    }

    /** Subscribes in order, with a retry each second and without a circuit breaker. */
    private void subscribe(Object... members) {
        subscribeTo(endpoint, members);
    }

    private void subscribeTo(TestEndpoint to, Object... members) {
        var all = new ArrayList<Object>(
                List.of("source.mode", "ORDERED", "retry.schedule", List.of("1s"), "circuitBreaker.enabled", false));
        all.addAll(List.of(members));
        SUBSCRIPTIONS.createFromEarliest(name, topic, to.url(), all.toArray());
    }

    private void publish(String group, String... bodies) {
        json(
                GATEWAY.publishBatch(
                        topic, "messageGroup=" + group, "application/x-ndjson", String.join("\n", bodies) + "\n"),
                200);
    }

    private List<String> texts() {
        return endpoint.requests().stream().map(Request::text).toList();
    }

    private List<String> attempts(String text) {
        return endpoint.requests().stream()
                .filter(request -> request.text().equals(text))
                .map(request -> request.header("rocketmq-delivery-attempt"))
                .toList();
    }

    /** A group whose messages go to another queue than those of the given group. */
    private String groupInAnotherQueueThan(String group) {
        var queues = new HashMap<String, Integer>();
        Function<String, Integer> queueOf = each -> queues.computeIfAbsent(
                each, one -> json(GATEWAY.publish(topic, "messageGroup=" + one, "probe " + one), 200)
                        .at("/messageQueue/queueId")
                        .asInt());
        return IntStream.range(0, 50)
                .mapToObj(i -> group + i)
                .filter(other -> !queueOf.apply(other).equals(queueOf.apply(group)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void deliversEachGroupInOrderWhileTheEndpointFails() {
        var random = new Random(17);
        var accepted = new ArrayList<String>();
        try (var flaky = TestEndpoint.answering((Request request) -> {
            synchronized (accepted) {
                boolean fails = random.nextInt(10) == 0;
                if (!fails) {
                    accepted.add(request.text());
                }
                return Answer.of(fails ? 503 : 200);
            }
        })) {
            var expected = new HashMap<String, List<String>>();
            for (int group = 0; group < 20; group++) {
                var bodies = new ArrayList<String>();
                for (int i = 0; i < 10; i++) {
                    bodies.add(group + ":" + i);
                }
                expected.put(String.valueOf(group), bodies);
                publish("g" + group, bodies.toArray(String[]::new));
            }

            subscribeTo(flaky);

            await().atMost(LONG).until(() -> {
                synchronized (accepted) {
                    return accepted.size() >= 200;
                }
            });
            assertThat(accepted.stream().collect(Collectors.groupingBy(text -> text.split(":")[0])))
                    .isEqualTo(expected);
            var last = new HashMap<String, Integer>();
            assertThat(flaky.requests()).allSatisfy(request -> {
                int attempt = Integer.parseInt(request.header("rocketmq-delivery-attempt"));
                assertThat(attempt).isEqualTo(last.merge(request.text(), 1, Integer::sum));
                assertThat(request.header("rocketmq-queue-offset")).isNotEmpty();
                assertThat(request.header("rocketmq-message-group")).startsWith("g");
            });
            assertThat(flaky.count()).as("some have failed").isGreaterThan(205);
        }
    }

    @Test
    void aMessageThatFailsHoldsItsQueueAndNoOther() {
        var other = groupInAnotherQueueThan("stuck");
        failing.add("bad");
        publish("stuck", "bad", "after");
        publish(other, "1", "2", "3");

        subscribe();

        await().atMost(LONG)
                .until(() -> texts().containsAll(List.of("1", "2", "3"))
                        && attempts("bad").size() >= 3);
        assertThat(texts()).doesNotContain("after");
        assertThat(SUBSCRIPTIONS.status(name).get("phase").asText()).isEqualTo("RUNNING");

        failing.clear();

        endpoint.awaitBody("after");
        assertThat(attempts("bad")).isEqualTo(oneTo(attempts("bad").size()));
        assertThat(attempts("after")).containsExactly("1");
    }

    private static List<String> oneTo(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(String::valueOf).toList();
    }

    @Test
    void anExhaustedMessageBecomesADeadLetterAndCanBeRedriven() {
        failing.add("bad");
        publish("g", "before", "bad", "after");

        subscribe("retry.maxAttempts", 3);

        endpoint.awaitBody("after");
        assertThat(texts()).containsExactly("before", "bad", "bad", "bad", "after");
        assertThat(attempts("bad")).containsExactly("1", "2", "3");
        await().atMost(LONG).untilAsserted(() -> assertThat(deadLetters()).hasSize(1));

        redrive();
        await().atMost(LONG).untilAsserted(() -> assertThat(deadLetters()).hasSize(2));
        assertThat(attempts("bad")).containsExactly("1", "2", "3", "1", "2", "3");
        failing.clear();
        redrive();

        await().atMost(LONG).until(() -> attempts("bad").size() == 7);
        assertThat(attempts("bad")).last().isEqualTo("1");
        publish("g", "last");
        endpoint.awaitBody("last");
        assertThat(endpoint.requests())
                .extracting(request -> request.header("rocketmq-topic"))
                .containsOnly(topic);
    }

    private void redrive() {
        json(SUBSCRIPTIONS.post("/subscriptions/" + name + "/dlq:redrive", "{\"all\":true}"), 202);
    }

    private List<String> deadLetters() {
        var ids = new ArrayList<String>();
        json(GATEWAY.get("/subscriptions/" + name + "/dlq"), 200)
                .get("items")
                .forEach(letter -> ids.add(letter.toString()));
        return ids;
    }

    @Test
    void blockHoldsTheQueueUntilTheMessageIsDeliveredOrTheSettingChanges() {
        failing.addAll(List.of("bad", "worse"));
        publish("g", "bad", "good", "worse", "last");

        subscribe("retry.maxAttempts", 2, "retry.onExhausted", "BLOCK");

        await().atMost(LONG).until(() -> attempts("bad").size() >= 4);
        assertThat(texts()).doesNotContain("good");
        assertThat(attempts("bad")).startsWith("1", "2", "3", "4");
        failing.remove("bad");
        endpoint.awaitBody("good");
        await().atMost(LONG).until(() -> attempts("worse").size() >= 3);
        assertThat(texts()).doesNotContain("last");

        SUBSCRIPTIONS.patch(name, "{\"retry\":{\"onExhausted\":\"DEAD_LETTER\"}}");

        endpoint.awaitBody("last");
        await().atMost(LONG).untilAsserted(() -> assertThat(deadLetters()).hasSize(1));
    }

    @Test
    void blockHoldsTheQueueForARefusedMessageToo() {
        try (var refusing =
                TestEndpoint.answering((Request request) -> Answer.of(failing.contains(request.text()) ? 400 : 200))) {
            failing.add("bad");
            publish("g", "bad", "good");

            subscribeTo(refusing, "retry.onExhausted", "BLOCK");

            refusing.await(2);
            assertThat(refusing.requests()).extracting(Request::text).containsOnly("bad");
            failing.clear();
            refusing.awaitBody("good");
        }
    }

    @Test
    void aPauseAndAFilterChangeLoseNothingAndKeepTheOrder() {
        subscribe("source.filter.expression", "a || b");
        // The last one matches, because a message that the first filter has not passed yet would get the second one.
        for (var tag : List.of("a", "c", "b")) {
            GATEWAY.publish(topic, "messageGroup=g&tag=" + tag, "first " + tag);
        }
        endpoint.awaitBody("first b");
        SUBSCRIPTIONS.act(name, "pause");
        SUBSCRIPTIONS.awaitPhase(name, "PAUSED");
        GATEWAY.publish(topic, "messageGroup=g&tag=a", "paused a");
        GATEWAY.publish(topic, "messageGroup=g&tag=c", "paused c");
        SUBSCRIPTIONS.patch(name, "{\"source\":{\"filter\":{\"expression\":\"a || c\"}}}");
        assertThat(texts()).containsExactly("first a", "first b");

        SUBSCRIPTIONS.act(name, "resume");
        endpoint.awaitBody("paused c");
        GATEWAY.publish(topic, "messageGroup=g&tag=b", "last b");
        GATEWAY.publish(topic, "messageGroup=g&tag=a", "last a");
        endpoint.awaitBody("last a");

        assertThat(texts()).containsExactly("first a", "first b", "paused a", "paused c", "last a");
        assertThat(attempts("paused a")).as("not taken during the pause").containsExactly("1");
    }

    @Test
    void aSeekGoesBackwardsAndFreesAQueueThatIsHeld() {
        failing.add("bad");
        publish("g", "good", "bad");
        subscribe("retry.schedule", List.of("1h"));
        endpoint.awaitBody("bad");
        publish("g", "last");

        json(SUBSCRIPTIONS.post("/subscriptions/" + name + ":seek", "{\"position\":\"EARLIEST\"}"), 200);

        await().atMost(LONG)
                .until(() -> attempts("good").size() == 2 && attempts("bad").size() == 2);
        assertThat(texts()).doesNotContain("last");
        failing.clear();
        json(SUBSCRIPTIONS.post("/subscriptions/" + name + ":seek", "{\"position\":\"EARLIEST\"}"), 200);
        endpoint.awaitBody("last");
    }

    /** Otherwise it would hold its queue for ever. */
    @Test
    void aMessageWithACheckpointOfItsProducerIsRetriedAndAcknowledged() {
        failing.add("foreign");
        var foreign = new Message(topic, "foreign".getBytes(StandardCharsets.UTF_8));
        MessageAccessor.putProperty(foreign, "POP_CK", "nonsense");
        BROKER.witness().send(List.of(foreign));
        subscribe();
        await().atMost(LONG).until(() -> attempts("foreign").size() >= 2);

        failing.clear();
        await().atMost(LONG)
                .until(() -> SUBSCRIPTIONS.status(name).path("lagMessages").asInt(-1) == 0);

        assertThat(attempts("foreign")).isEqualTo(oneTo(attempts("foreign").size()));
    }

    /** The gateway reads the first waiting message for the lag, and this read must not end the seek in the broker. */
    @Test
    void aSeekDuringAPauseFreesAHeldQueueAlthoughTheLagIsRead() {
        failing.add("bad");
        publish("g", "bad");
        subscribe("retry.schedule", List.of("1h"));
        endpoint.awaitBody("bad");
        SUBSCRIPTIONS.act(name, "pause");
        SUBSCRIPTIONS.awaitPhase(name, "PAUSED");

        json(SUBSCRIPTIONS.post("/subscriptions/" + name + ":seek", "{\"position\":\"EARLIEST\"}"), 200);
        publish("g", "last");
        await().atMost(LONG)
                .until(() -> SUBSCRIPTIONS.status(name).path("lagMessages").asInt(0) == 2);
        failing.clear();
        SUBSCRIPTIONS.act(name, "resume");

        endpoint.awaitBody("last");
        assertThat(texts()).containsExactly("bad", "bad", "last");
    }

    /** The messages in hand wait at the gate without an attempt, however long, and their leases are renewed. */
    @Test
    void anOpenBreakerHoldsMessagesInOrderAndCountsNoAttempts() {
        failing.addAll(List.of("1", "2", "3"));
        subscribe(
                "circuitBreaker.enabled", true,
                "circuitBreaker.minimumRequests", 1,
                "circuitBreaker.open", "1s",
                "circuitBreaker.maxOpen", "2s",
                "circuitBreaker.parkAfter", "2s");
        publish("g", "1", "2", "3", "4");

        await("the probes go on for longer than a lease")
                .atMost(Duration.ofSeconds(90))
                .until(() -> endpoint.count() > 0
                        && Duration.between(
                                                endpoint.requests().get(0).at(),
                                                endpoint.requests()
                                                        .get(endpoint.count() - 1)
                                                        .at())
                                        .compareTo(Duration.ofSeconds(31))
                                > 0);
        assertThat(texts()).containsOnly("1");
        assertThat(attempts("1")).containsOnly("1", "2");
        assertThat(SUBSCRIPTIONS.status(name).get("phase").asText()).isEqualTo("HOLDING");
        failing.clear();

        endpoint.awaitBody("4");
        assertThat(texts().stream().distinct()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void goneAndRetryAfterActAsInConcurrentMode() {
        var answers = new ArrayList<>(List.of(
                new Answer(503, Map.of("Retry-After", "2"), ""), Answer.of(410), Answer.of(200), Answer.of(200)));
        try (var gone = TestEndpoint.answering((Request request) -> {
            synchronized (answers) {
                return answers.size() > 1 ? answers.remove(0) : answers.get(0);
            }
        })) {
            subscribeTo(gone, "circuitBreaker.enabled", true);
            publish("g", "1", "2");

            SUBSCRIPTIONS.awaitPhase(name, "PAUSED");
            assertThat(gone.requests()).extracting(Request::text).containsExactly("1", "1");
            assertThat(Duration.between(
                            gone.requests().get(0).at(), gone.requests().get(1).at()))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(1_900));
            assertThat(SUBSCRIPTIONS.status(name).get("reason").asText()).isEqualTo("gone");
            SUBSCRIPTIONS.act(name, "resume");

            gone.awaitBody("2");
            assertThat(gone.requests()).extracting(Request::text).containsExactly("1", "1", "1", "2");
        }
    }

    @Test
    void aGroupOfConcurrentWebhooksCannotBeUsedInOrderNorTheOtherWayRound() {
        var group = "GW-" + name;
        SUBSCRIPTIONS.createFromEarliest(name, topic, endpoint.url());
        SUBSCRIPTIONS.delete(name, "");
        assertProblem(create("ORDERED", group), 409, "conflict", false);

        var other = "GW-o" + name;
        var more = List.of("source.consumerGroup", other).toArray();
        subscribe(more);
        SUBSCRIPTIONS.delete(name, "");
        assertProblem(create("CONCURRENT", other), 409, "conflict", false);
        json(create("ORDERED", other), 201);
    }

    private HttpResponse<String> create(String mode, String group) {
        return SUBSCRIPTIONS.post("/subscriptions", """
                {"name":"%s","source":{"topic":"%s","mode":"%s","consumerGroup":"%s"},"endpoint":{"url":"%s"}}""".formatted(name, topic, mode, group, endpoint.url()));
    }

    @Test
    void reportsLagMetersAndAttempts() {
        failing.add("bad");
        publish("g", "good", "bad", "waits");
        subscribe("retry.schedule", List.of("1h"));
        endpoint.awaitBody("bad");

        await().atMost(LONG)
                .until(() -> SUBSCRIPTIONS.status(name).path("lagMessages").asInt(0) == 2);
        var status = SUBSCRIPTIONS.status(name);
        assertThat(status.get("retryDelays").get(0).asText()).isEqualTo("1h");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(json(GATEWAY.get("/subscriptions/" + name + "/attempts"), 200)
                                .get("items"))
                        .hasSize(2));
        assertThat(GATEWAY.get("/q/metrics").body())
                .containsPattern("gateway_delivery_attempts_seconds_count\\{[^}]*" + name);
    }
}
