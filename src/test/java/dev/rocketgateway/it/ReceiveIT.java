package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.Worker;
import dev.rocketgateway.testing.Worker.Message;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(
        ExecutionMode
                .CONCURRENT) // most of their time the tests wait for leases to end; each has a topic and a subscription
// of its own
class ReceiveIT {

    private static final TestBroker BROKER = TestBroker.shared();

    /** A lease that ends without an acknowledgment, and the broker's delay. */
    private static final Duration UNTIL_IT_COMES_AGAIN = Duration.ofSeconds(30);

    private final String topic = BROKER.newTopic();
    private final String name = "pull-" + Long.toString(System.nanoTime(), 36);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);
    private final Worker worker = new Worker(gateway, name);

    @BeforeEach
    void subscribe() {
        create(name, "");
    }

    @AfterEach
    void stop() {
        subscriptions.delete(name, "");
    }

    private void create(String subscription, String more) {
        Subscriptions.json(
                subscriptions.post(
                        "/subscriptions",
                        "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\"},\"pull\":{\"visibility\":\"10s\"}%s}"
                                .formatted(subscription, topic, more)),
                201);
        subscriptions.awaitPhase(subscription, "RUNNING");
    }

    private void send(String body) {
        BROKER.witness().send(topic, body);
    }

    private static int status(HttpResponse<String> response) {
        return response.statusCode();
    }

    @Test
    void handsOutAMessageInTheFormOfWebhooksAndForgetsItAfterItsAcknowledgment() {
        gateway.publish(topic, "tag=created&key=k1&property.tenant=acme", "hello", "Content-Type", "text/plain");

        var message = worker.receiveOne("&visibility=30s");

        var json = message.json();
        assertThat(json.path("topic").textValue()).isEqualTo(topic);
        assertThat(json.path("tags").textValue()).isEqualTo("created");
        assertThat(json.path("keys").toString()).isEqualTo("[\"k1\"]");
        assertThat(json.path("properties").path("tenant").textValue()).isEqualTo("acme");
        assertThat(json.path("bodyEncoding").textValue()).isEqualTo("text");
        assertThat(message.body()).isEqualTo("hello");
        assertThat(message.attempt()).isEqualTo(1);
        assertThat(Duration.between(
                        Instant.now(), Instant.parse(json.path("visibleUntil").textValue())))
                .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
        var acknowledged = worker.acknowledge(message.receipt());
        assertThat(status(acknowledged)).as(acknowledged.body()).isEqualTo(200);
        assertThat(acknowledged.body()).isEqualTo("{\"results\":[{\"status\":200}]}");
        assertThat(worker.receive("?wait=1s")).isEmpty();
        assertThat(lastAttempt().path("outcome").textValue()).isEqualTo("acknowledged");
        assertThat(subscriptions.status(name).path("lastSuccess").isTextual()).isTrue();
    }

    private JsonNode lastAttempt() {
        return await().until(
                        () -> Subscriptions.json(gateway.get("/subscriptions/" + name + "/attempts"), 200)
                                .path("items")
                                .path(0),
                        found -> !found.isMissingNode());
    }

    @Test
    void handsOutTheBareBodyWithTheHeadersOfWebhooks() {
        gateway.publish(topic, "tag=created", "{\"a\":1}", "Content-Type", "application/json");

        var raw = await().until(() -> worker.tryToReceive("?as=raw&wait=5s"), one -> status(one) == 200);

        assertThat(raw.body()).isEqualTo("{\"a\":1}");
        assertThat(raw.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(raw.headers().firstValue("rocketmq-tags")).hasValue("created");
        assertThat(raw.headers().firstValue("rocketmq-delivery-attempt")).hasValue("1");
        assertThat(raw.headers().firstValue("rocketmq-visible-until")).isPresent();
        var receipt = raw.headers().firstValue("RocketMQ-Receipt").orElseThrow();
        assertThat(status(worker.acknowledge(receipt))).isEqualTo(200);
        assertThat(status(worker.tryToReceive("?as=raw"))).isEqualTo(204);
    }

    @Test
    void answersAtOnceWithAnEmptyListOrWaitsForAMessage() {
        assertThat(worker.receive("")).isEmpty();
        var waiting = CompletableFuture.supplyAsync(() -> worker.receive("?wait=20s&max=32"));
        awaitWaiting(1);

        send("while waiting");

        assertThat(waiting.join()).extracting(Message::body).containsExactly("while waiting");
        awaitWaiting(0);
    }

    private void awaitWaiting(int callers) {
        await().until(() -> meter("gateway_receive_waiting"), value -> value == callers);
    }

    private double meter(String start) {
        return gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(start) && line.contains("\"" + name + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void aConnectionThatEndsWhileItsCallerWaitsHidesNoMessage() throws IOException {
        try (var connection =
                new Socket(gateway.root().getHost(), gateway.root().getPort())) {
            connection
                    .getOutputStream()
                    .write(
                            "POST /subscriptions/%s/messages:receive?wait=20s HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                                    .formatted(name)
                                    .getBytes(StandardCharsets.US_ASCII));
            awaitWaiting(1);
        }
        awaitWaiting(0);

        send("after the end");

        assertThat(worker.receiveOne("").attempt()).isEqualTo(1);
    }

    @Test
    void anExtensionGivesANewReceiptAndKeepsTheMessageHidden() {
        send("slow work");
        var first = worker.receiveOne("&visibility=10s");

        var answer = worker.extend("1m", first.receipt());

        var result = Subscriptions.json(answer, 200).path("results").path(0);
        assertThat(Duration.between(
                        Instant.now(), Instant.parse(result.path("visibleUntil").textValue())))
                .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
        assertThat(worker.receive("?wait=20s")).as("the first lease has ended").isEmpty();
        assertThat(status(worker.acknowledge(result.path("receipt").textValue())))
                .isEqualTo(200);
    }

    @Test
    void anExtensionOfZeroGivesTheMessageBack() {
        send("not for me");
        var first = worker.receiveOne("&visibility=12h");

        assertThat(status(worker.extend("0s", first.receipt()))).isEqualTo(200);

        var second = worker.receiveOne("");
        assertThat(second.body()).isEqualTo("not for me");
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(lastAttempt().path("outcome").textValue()).isEqualTo("released");
        assertThat(status(worker.acknowledge(second.receipt()))).isEqualTo(200);
    }

    /** A program that copies all properties of a message from a POP copies the checkpoint. The broker removes it except in batches. */
    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "0 1700000000000 30000 5 0 broker-a 0 0"})
    void aMessageWithACheckpointOfItsProducerIsHandedOutAndRetriedLikeItsNeighbor(String written) {
        var foreign = new org.apache.rocketmq.common.message.Message(topic, "foreign".getBytes(StandardCharsets.UTF_8));
        MessageAccessor.putProperty(foreign, "POP_CK", written);
        var neighbor =
                new org.apache.rocketmq.common.message.Message(topic, "neighbor".getBytes(StandardCharsets.UTF_8));
        BROKER.witness().send(List.of(foreign, neighbor));
        var received = new HashMap<String, Message>();
        await().atMost(UNTIL_IT_COMES_AGAIN).until(() -> {
            worker.receive("?wait=5s&max=10&visibility=1m").forEach(one -> received.put(one.body(), one));
            return received.keySet().equals(Set.of("foreign", "neighbor"));
        });

        assertThat(status(worker.acknowledge(received.get("neighbor").receipt())))
                .isEqualTo(200);
        assertThat(status(worker.extend("0s", received.get("foreign").receipt())))
                .isEqualTo(200);

        var again = worker.receiveOne("");
        assertThat(again.body()).isEqualTo("foreign");
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(status(worker.acknowledge(again.receipt()))).isEqualTo(200);
        assertThat(worker.receive("?wait=1s")).isEmpty();
    }

    @Test
    void aMessageThatNobodyAcknowledgesComesAgainAndThenBecomesADeadLetterThatCanBeRedriven() {
        var other = name + "-few";
        create(other, ",\"retry\":{\"maxAttempts\":2}");
        var few = new Worker(gateway, other);
        send("poison");
        var first = few.receiveOne("&visibility=10s");
        var second = await().atMost(UNTIL_IT_COMES_AGAIN)
                .until(() -> few.receive("?wait=20s&visibility=10s"), found -> !found.isEmpty())
                .get(0);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.attempt()).isEqualTo(2);

        await().atMost(Duration.ofMinutes(1))
                .until(() -> few.receive("?wait=20s").isEmpty()
                        && deadLetters(other).path("total").intValue() == 1);

        var letter = deadLetters(other).path("items").path(0);
        assertThat(letter.path("messageId").textValue()).isEqualTo(first.id());
        assertThat(letter.path("reason").path("outcome").textValue()).isEqualTo("expired");
        var redrive = subscriptions.post("/subscriptions/" + other + "/dlq:redrive", "{\"all\":true}");
        assertThat(status(redrive)).as(redrive.body()).isEqualTo(202);
        var again = few.receiveOne("");
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.body()).isEqualTo("poison");
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(status(few.acknowledge(again.receipt()))).isEqualTo(200);
        assertThat(few.receive("?wait=15s")).isEmpty();
        subscriptions.delete(other, "");
    }

    private JsonNode deadLetters(String subscription) {
        return Subscriptions.json(gateway.get("/subscriptions/" + subscription + "/dlq"), 200);
    }

    @Test
    void aPausedSubscriptionHandsOutNothingAndItsLeasesCanBeEnded() {
        send("before");
        var before = worker.receiveOne("&visibility=1m");
        subscriptions.act(name, "pause");
        send("meanwhile");

        assertThat(worker.receive("?wait=1s")).isEmpty();
        assertThat(status(worker.acknowledge(before.receipt()))).isEqualTo(200);

        subscriptions.act(name, "resume");
        assertThat(worker.receiveOne("").body()).isEqualTo("meanwhile");
    }

    @Test
    void aSeekGoesBackToTheBeginning() {
        IntStream.range(0, 5).forEach(i -> send("message " + i));
        assertThat(all(5)).hasSize(5);

        assertThat(status(subscriptions.post("/subscriptions/" + name + ":seek", "{\"position\":\"EARLIEST\"}")))
                .isEqualTo(200);

        assertThat(all(5)).hasSize(5);
    }

    private List<String> all(int count) {
        var bodies = new ArrayList<String>();
        await().atMost(UNTIL_IT_COMES_AGAIN).until(() -> {
            worker.receive("?max=32&wait=2s").forEach(message -> {
                bodies.add(message.body());
                worker.acknowledge(message.receipt());
            });
            return bodies.size() >= count;
        });
        return bodies;
    }

    @Test
    void theLagCountsWhatWaits() {
        IntStream.range(0, 3).forEach(i -> send("message " + i));

        await().atMost(UNTIL_IT_COMES_AGAIN)
                .until(() -> subscriptions.status(name).path("lagMessages").intValue() == 3);
        all(3);
        await().atMost(UNTIL_IT_COMES_AGAIN)
                .until(() -> subscriptions.status(name).path("lagMessages").intValue() == 0);
    }

    @Test
    void messagesThatTheFilterLeavesOutHideNone() {
        var other = name + "-paid";
        Subscriptions.json(
                subscriptions.post(
                        "/subscriptions",
                        "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\",\"filter\":{\"type\":\"SQL92\",\"expression\":\"a = 1\"}},\"pull\":{}}"
                                .formatted(other, topic)),
                201);
        subscriptions.awaitPhase(other, "RUNNING");
        var paid = new Worker(gateway, other);
        var waiting = CompletableFuture.supplyAsync(() -> paid.receive("?wait=20s&max=32"));
        IntStream.range(0, 40).forEach(i -> gateway.publish(topic, "property.a=2", "left out " + i));

        gateway.publish(topic, "property.a=1", "wanted");

        assertThat(waiting.join()).extracting(Message::body).containsExactly("wanted");
        subscriptions.delete(other, "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max=0               | max        | must be from 1 to 32",
                "max=33              | max        | must be from 1 to 32",
                "max=two             | max        | must be from 1 to 32",
                "as=raw&max=2        | max        | must be 1 with as=raw",
                "as=xml              | as         | must be json or raw",
                "wait=21s            | wait       | must be from 0s to 20s",
                "wait=soon           | wait       | soon",
                "visibility=9s       | visibility | must be from 10s to 12h",
                "visibility=13h      | visibility | must be from 10s to 12h",
                "maximum=1           | maximum    | is not a parameter of this operation",
                "max=1&max=2         | max        | is given twice"
            })
    void refusesAnInvalidQuery(String query, String field, String fault) {
        var refused = worker.tryToReceive("?" + query);

        var json = Subscriptions.json(refused, 400);
        assertThat(json.path("code").textValue()).isEqualTo("invalid-request");
        assertThat(json.path("errors").path(0).path("field").textValue()).isEqualTo(field);
        assertThat(json.path("errors").path(0).path("message").textValue()).contains(fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ack    | {}                                           | receipts   | is missing",
                "ack    | {\"receipts\":\"a\"}                           | receipts   | must be a list of strings",
                "ack    | {\"receipts\":[\"a\",\"a\"]}                     | receipts   | has the same receipt twice",
                "ack    | {\"receipts\":[],\"visibility\":\"1m\"}          | visibility | is not a field of this request",
                "extend | {\"receipts\":[],\"visibility\":\"9s\"}          | visibility | or 0s to give the messages back",
                "extend | {\"receipts\":[],\"visibility\":60}            | visibility | must be a string",
                "extend | {\"receipts\":[],\"visibility\":\"long\"}        | visibility | long"
            })
    void refusesAnInvalidBody(String action, String body, String field, String fault) {
        var json = Subscriptions.json(worker.post(action, body), 400);

        assertThat(json.path("errors").path(0).path("field").textValue()).isEqualTo(field);
        assertThat(json.path("errors").path(0).path("message").textValue()).contains(fault);
    }

    @Test
    void onlyPullSubscriptionsCanBeReceivedAndOnlyWebhooksTested() {
        try (var endpoint = TestEndpoint.answering(200)) {
            var webhook = name + "-hook";
            subscriptions.create(webhook, topic, endpoint.url(), "");

            var refused = new Worker(gateway, webhook).tryToReceive("");
            assertThat(Subscriptions.json(refused, 409).path("code").textValue())
                    .isEqualTo("not-a-pull-subscription");
            var tested = subscriptions.post("/subscriptions/" + name + ":test", "{}");
            assertThat(Subscriptions.json(tested, 409).path("code").textValue())
                    .isEqualTo("not-a-webhook-subscription");
            var rotated = gateway.send(
                    gateway.request("/subscriptions/" + name + ":rotateSecret").POST(BodyPublishers.noBody()));
            assertThat(Subscriptions.json(rotated, 409).path("code").textValue())
                    .isEqualTo("not-a-webhook-subscription");
            subscriptions.delete(webhook, "");
        }
    }

    @Test
    void aGroupServesWebhooksOrWorkersButNeverBoth() {
        try (var endpoint = TestEndpoint.answering(200)) {
            var webhook = name + "-hook";
            subscriptions.create(webhook, topic, endpoint.url(), "");
            subscriptions.awaitPhase(webhook, "RUNNING");
            subscriptions.delete(webhook, "");
            subscriptions.delete(name, "");

            var pulled = subscriptions.post(
                    "/subscriptions",
                    "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\",\"consumerGroup\":\"GW-%s\"},\"pull\":{}}"
                            .formatted(name, topic, webhook));
            assertThat(Subscriptions.json(pulled, 409).path("detail").textValue())
                    .contains("is used by webhooks or other push consumers");
            var pushed = subscriptions.post(
                    "/subscriptions",
                    "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\",\"consumerGroup\":\"GW-%s\"},\"endpoint\":{\"url\":\"%s\"}}"
                            .formatted(webhook, topic, name, endpoint.url()));
            assertThat(Subscriptions.json(pushed, 409).path("detail").textValue())
                    .contains("is used by a pull or ordered subscription");
        }
    }

    @Test
    void theLookUpSaysWhatBecameOfAMessage() {
        var id = gateway.publish(topic, "", "looked up")
                .headers()
                .firstValue("RocketMQ-Message-Id")
                .orElseThrow();
        await().until(() -> fate(id), "WAITING"::equals);

        var first = worker.receiveOne("");
        assertThat(fate(id)).as("it is not known that nobody acknowledged it").isEqualTo("DELIVERED");
        worker.extend("0s", first.receipt());
        await().until(() -> fate(id), "RETRYING"::equals);
        var second = worker.receiveOne("");
        worker.acknowledge(second.receipt());

        await().until(() -> fate(id), "DELIVERED"::equals);
    }

    private String fate(String id) {
        var found = gateway.get("/topics/" + topic + "/messages/" + id);
        for (var subscription : Subscriptions.json(found, 200).path("subscriptions")) {
            if (subscription
                    .path("subscription")
                    .asText(subscription.path("name").asText())
                    .equals(name)) {
                return subscription.path("state").textValue();
            }
        }
        throw new AssertionError(found.body());
    }

    @Test
    void theMetersCountWhatWorkersDo() {
        send("counted");
        var first = worker.receiveOne("");
        var next = Subscriptions.json(worker.extend("1m", first.receipt()), 200)
                .path("results")
                .path(0)
                .path("receipt")
                .textValue();
        assertThat(meter("gateway_receive_oldest_lease_seconds")).isPositive();
        worker.acknowledge(next);

        assertThat(meter("gateway_receive_oldest_lease_seconds")).isZero();
        for (var result :
                Map.of("received", 1, "extended", 1, "acknowledged", 1).entrySet()) {
            assertThat(gateway.get("/q/metrics")
                            .body()
                            .lines()
                            .filter(line -> line.startsWith("gateway_receive_messages_total")
                                    && line.contains("\"" + name + "\"")
                                    && line.contains("\"" + result.getKey() + "\"")))
                    .singleElement()
                    .asString()
                    .endsWith(" " + result.getValue() + ".0");
        }
    }
}
