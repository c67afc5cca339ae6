package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static dev.rocketgateway.testing.Subscriptions.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One message by its id: what is stored, and what became of it. */
@Execution(
        ExecutionMode
                .CONCURRENT) // most of their time the tests wait for deliveries; each has a topic and a subscription of
// its own
class LookUpIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.of(200));
    private final TestEndpoint endpoint = TestEndpoint.answering(answer::get);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void stop() {
        made.forEach(one -> subscriptions.delete(one, ""));
        endpoint.close();
    }

    private void subscribe(Object... members) {
        made.add(name);
        subscriptions.createFromEarliest(name, topic, endpoint.url(), members);
    }

    private JsonNode publish(String query, String body) {
        return json(gateway.publish(topic, query, body), 200);
    }

    private HttpResponse<String> get(String id, String query) {
        return gateway.get("/topics/%s/messages/%s%s".formatted(topic, id, query));
    }

    private JsonNode look(String id) {
        return json(get(id, ""), 200);
    }

    private JsonNode fate(String id) {
        return look(id).at("/subscriptions/0");
    }

    private JsonNode awaitState(String id, String state) {
        return await().atMost(LIMIT)
                .until(() -> fate(id), fate -> fate.path("state").asText().equals(state));
    }

    @Test
    void findsAMessageByItsUniqueIdAndByItsPlace() {
        var receipt = publish("tag=created&key=k1&key=k2&property.tenant=acme", "hello");
        var id = receipt.get("msgId").textValue();

        for (var one : List.of(id, receipt.get("offsetMsgId").textValue())) {
            var found =
                    await().atMost(LIMIT).until(() -> get(one, "?body=true"), response -> response.statusCode() == 200);
            var json = json(found, 200);
            assertThat(json.get("id").textValue()).isEqualTo(id);
            assertThat(json.get("topic").textValue()).isEqualTo(topic);
            assertThat(json.get("tags").textValue()).isEqualTo("created");
            assertThat(json.get("keys")).map(JsonNode::textValue).containsExactly("k1", "k2");
            assertThat(json.get("properties").get("tenant").textValue()).isEqualTo("acme");
            assertThat(json.get("bodyEncoding").textValue()).isEqualTo("text");
            assertThat(json.get("body").textValue()).isEqualTo("hello");
            assertThat(json.get("bodySize").intValue()).isEqualTo(5);
            assertThat(json.get("brokerName").textValue()).isEqualTo("broker-a");
            assertThat(json.get("queueId")).isEqualTo(receipt.at("/messageQueue/queueId"));
            assertThat(json.get("queueOffset")).isEqualTo(receipt.get("queueOffset"));
            assertThat(json.get("offsetMessageId")).isEqualTo(receipt.get("offsetMsgId"));
            assertThat(Instant.parse(json.get("storedAt").textValue()))
                    .isBetween(Instant.now().minusSeconds(60), Instant.now());
            assertThat(json.get("subscriptions")).isEmpty();
        }
        assertThat(look(id).has("body")).isFalse();
    }

    @Test
    void givesBodiesThatAreNoTextInBase64() {
        byte[] body = {0, (byte) 0xFF, 1};
        var id = json(gateway.publish(topic, "", BodyPublishers.ofByteArray(body)), 200)
                .get("msgId")
                .textValue();

        var found = json(
                await().atMost(LIMIT).until(() -> get(id, "?body=true"), response -> response.statusCode() == 200),
                200);

        assertThat(found.get("bodyEncoding").textValue()).isEqualTo("base64");
        assertThat(Base64.getDecoder().decode(found.get("bodyBase64").textValue()))
                .isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FD00000000000000000000000000000232740F8C1DDD7006A11C0000",
                "7F0000010000000100000000000000FF",
                "nothing",
                "%C3%A4%2F%00"
            })
    void saysThatAMessageDoesNotExist(String id) {
        assertProblem(get(id, ""), 404, "message-not-found", false);
    }

    /** A producer with a body like a stored message could make the broker return bytes of other topics. */
    @Test
    void readsNothingAtAPlaceThatIsNoMessageOfTheTopic() {
        var other = BROKER.newTopic();
        var elsewhere = json(gateway.publish(other, "", "secret"), 200)
                .get("offsetMsgId")
                .textValue();
        var place = publish("", "x".repeat(500)).get("offsetMsgId").textValue();
        await().atMost(LIMIT).until(() -> get(place, "").statusCode() == 200);

        assertProblem(get(elsewhere, ""), 404, "message-not-found", false);
        long offset = Long.parseLong(place.substring(16), 16);
        var inside = place.substring(0, 16) + "%016X".formatted(offset + 200);
        assertProblem(get(inside, ""), 404, "message-not-found", false);
    }

    @Test
    void saysThatAMessageWasDelivered() {
        subscribe();
        var id = publish("", "a").get("msgId").textValue();
        endpoint.awaitBody("a");

        var fate = awaitState(id, "DELIVERED");

        assertThat(fate.get("name").textValue()).isEqualTo(name);
        assertThat(fate.get("certain").booleanValue()).isTrue();
        assertThat(fate.get("attempts")).hasSize(1);
        assertThat(fate.at("/attempts/0/verdict").textValue()).isEqualTo("ACK");
        assertThat(fate.at("/attempts/0/status").intValue()).isEqualTo(200);
    }

    @Test
    void saysThatAMessageWaits() {
        subscribe();
        subscriptions.act(name, "pause");
        subscriptions.awaitPhase(name, "PAUSED");
        var id = publish("", "a").get("msgId").textValue();

        assertThat(awaitState(id, "WAITING").get("attempts")).isEmpty();

        subscriptions.act(name, "resume");
        awaitState(id, "DELIVERED");
    }

    @Test
    void saysThatAMessageWaitsForARetryAndThenThatItIsADeadLetterAndThenThatItWasDelivered() {
        answer.set(new Answer(503, Map.of("Retry-After", "2"), ""));
        subscribe("circuitBreaker.enabled", false, "retry.maxAttempts", 3);
        var id = publish("", "a").get("msgId").textValue();

        assertThat(awaitState(id, "RETRYING").get("certain").booleanValue()).isTrue();
        var dead = awaitState(id, "DEAD_LETTERED");
        assertThat(dead.get("certain").booleanValue()).isTrue();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(fate(id).get("attempts"))
                .map(attempt -> attempt.get("attempt").intValue())
                .containsExactly(3, 2, 1));

        answer.set(Answer.of(200));
        json(subscriptions.post("/subscriptions/" + name + "/dlq:redrive", "{\"all\":true}"), 202);
        awaitState(id, "DELIVERED");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                TAG,   created || paid, tag=sent
                TAG,   created,         ''
                SQL92, tenant = 'acme', property.tenant=other
                """)
    void saysThatTheFilterDoesNotMatch(String type, String expression, String query) {
        subscribe("source.filter.type", type, "source.filter.expression", expression);
        var id = publish(query, "a").get("msgId").textValue();

        var fate = awaitState(id, "NOT_SUBSCRIBED");
        assertThat(fate.get("certain").booleanValue()).isTrue();
        assertThat(fate.get("detail").textValue()).contains("filter");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                TAG,   created || paid, tag=paid
                SQL92, tenant = 'acme', property.tenant=acme
                """)
    void saysThatTheFilterMatches(String type, String expression, String query) {
        subscribe("source.filter.type", type, "source.filter.expression", expression);

        awaitState(publish(query, "a").get("msgId").textValue(), "DELIVERED");
    }

    @Test
    void saysThatTheSubscriptionBeganLater() {
        var id = publish("", "before").get("msgId").textValue();
        await().until(() -> get(id, "").statusCode() == 200);
        made.add(name);
        subscriptions.create(name, topic, endpoint.url(), "");
        publish("", "after");
        endpoint.awaitBody("after");

        assertThat(awaitState(id, "NOT_SUBSCRIBED").get("detail").textValue())
                .contains("before the start of the subscription");
        assertThat(endpoint.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"delay=10m", "delayLevel=18"})
    void findsAMessageThatWaitsForItsTime(String query) {
        subscribe();
        var id = publish(query.startsWith("delay=") ? query : query + "&property.a=b", "later")
                .get("msgId")
                .textValue();

        // The delay levels of this broker are a second each.
        if (query.startsWith("delay=")) {
            var found =
                    json(await().atMost(LIMIT).until(() -> get(id, ""), response -> response.statusCode() == 200), 200);
            assertThat(found.get("scheduled").booleanValue()).isTrue();
            assertThat(found.has("queueOffset")).isFalse();
            assertThat(Instant.parse(found.get("dueAt").textValue()))
                    .isBetween(Instant.now().plusSeconds(400), Instant.now().plusSeconds(700));
            assertThat(found.at("/subscriptions/0/state").textValue()).isEqualTo("WAITING");
        } else {
            awaitState(id, "DELIVERED");
        }
    }

    @Test
    void looksAtOneSubscriptionOnly() {
        subscribe();
        made.add(name + "-b");
        subscriptions.createFromEarliest(name + "-b", topic, endpoint.url());
        var id = publish("", "a").get("msgId").textValue();
        awaitState(id, "DELIVERED");

        assertThat(look(id).get("subscriptions")).hasSize(2);
        assertThat(json(get(id, "?subscription=" + name + "-b"), 200).get("subscriptions"))
                .map(one -> one.get("name").textValue())
                .containsExactly(name + "-b");
        assertThat(json(get(id, "?subscription=none"), 200).get("subscriptions"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                x?body=yes                | 400 | invalid-request   | body: must be true or false
                x?body=true&body=true     | 400 | invalid-request   | body: is given twice
                x?bdy=true                | 400 | invalid-request   | bdy: is not a parameter of this operation; did you mean `body`?
                """)
    void refusesOtherParameters(String request, int status, String code, String detail) {
        var response = get(request, "");

        assertProblem(response, status, code, false);
        assertThat(response.body()).contains(detail);
    }

    @Test
    void refusesTopicsAsPublishingDoes() {
        assertProblem(gateway.get("/topics/none-" + topic + "/messages/x"), 404, "topic-not-found", false);
        assertProblem(gateway.get("/topics/a.b/messages/x"), 400, "invalid-request", false);
        assertProblem(gateway.get("/topics/%25DLQ%25x/messages/x"), 403, "topic-reserved", false);
        var tooLong = get("x".repeat(1001), "");
        assertProblem(tooLong, 400, "invalid-request", false);
        assertThat(new String(tooLong.body().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .contains("messageId: must have at most 1000 characters");
    }
}
