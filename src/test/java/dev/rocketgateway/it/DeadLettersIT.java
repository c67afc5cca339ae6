package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that could not be delivered: listed with their reason, and given back to their subscription alone. */
class DeadLettersIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.of(500));
    private final TestEndpoint endpoint = TestEndpoint.answering(answer::get);
    private final TestEndpoint other = TestEndpoint.answering(200);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);

    @AfterEach
    void stop() {
        subscriptions.delete(name, "");
        subscriptions.delete(name + "-other", "");
        endpoint.close();
        other.close();
    }

    private void subscribe(Object... more) {
        var members = new ArrayList<Object>(List.of("circuitBreaker.enabled", false, "retry.maxAttempts", 2));
        members.addAll(List.of(more));
        subscriptions.createFromEarliest(name, topic, endpoint.url(), members.toArray());
        subscriptions.createFromEarliest(name + "-other", topic, other.url());
    }

    private JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(response.body(), e);
        }
    }

    private JsonNode list(String query) {
        return json(gateway.get("/subscriptions/" + name + "/dlq" + query), 200);
    }

    private HttpResponse<String> redrive(String body) {
        return gateway.send(
                gateway.request("/subscriptions/" + name + "/dlq:redrive", "Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)));
    }

    private JsonNode redriven(String body) {
        var started = redrive(body);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        var location = started.headers().firstValue("Location").orElseThrow();
        var path = location.substring(location.indexOf("/subscriptions"));
        return await().atMost(Duration.ofSeconds(30)).until(() -> json(gateway.get(path), 200), job -> !job.get("state")
                .asText()
                .equals("RUNNING"));
    }

    private String publish(String body) {
        return gateway.publish(topic, "tag=t&key=k&property.tenant=acme", body)
                .headers()
                .firstValue("RocketMQ-Message-Id")
                .orElseThrow();
    }

    /** The broker has a dead letter before the gateway has written why it became one. */
    private void awaitDeadLetters(int count) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            var list = list("");
            assertThat(list.get("total").asInt()).isEqualTo(count);
            assertThat(list.get("items")).allMatch(letter -> letter.hasNonNull("reason"));
        });
    }

    @Test
    void listsWhatExhaustedItsAttemptsAndGivesItBackToItsSubscriptionAlone() {
        answer.set(new Answer(503, Map.of(), "out of stock, token=abc"));
        subscribe();
        var id = publish("lost");
        awaitDeadLetters(1);

        var letter = list("?body=true").get("items").get(0);
        assertThat(letter.get("messageId").asText()).isEqualTo(id);
        assertThat(letter.get("topic").asText()).isEqualTo(topic);
        assertThat(letter.get("tag").asText()).isEqualTo("t");
        assertThat(letter.get("properties").get("tenant").asText()).isEqualTo("acme");
        assertThat(letter.get("attempts").asInt()).isEqualTo(2);
        assertThat(letter.get("body").asText()).isEqualTo("lost");
        assertThat(letter.get("redriven").asBoolean()).isFalse();
        assertThat(letter.get("reason").get("status").asInt()).isEqualTo(503);
        assertThat(letter.get("reason").get("response").asText()).isEqualTo("out of stock, token=[redacted]");
        assertThat(Instant.parse(letter.get("storedAt").asText()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now());

        answer.set(Answer.of(200));
        var job = redriven("{\"all\":true}");

        assertThat(job.get("state").asText()).isEqualTo("DONE");
        assertThat(job.get("redriven").asInt()).isEqualTo(1);
        var again = endpoint.await(3).get(2);
        assertThat(again.header("webhook-id")).isEqualTo(id);
        assertThat(again.header("rocketmq-topic")).isEqualTo(topic);
        assertThat(again.header("rocketmq-delivery-attempt")).isEqualTo("1");
        assertThat(again.header("rocketmq-keys")).isEqualTo("k");
        assertThat(again.header("rocketmq-prop-tenant")).isEqualTo("acme");
        assertThat(again.headers()).doesNotContainKey("rocketmq-queue-offset");
        assertThat(list("").get("items").get(0).get("redriven").asBoolean()).isTrue();

        // A second redrive has nothing left to do, and nobody else was given the message.
        assertThat(redriven("{\"all\":true}").get("skipped").asInt()).isEqualTo(1);
        publish("after");
        endpoint.awaitBody("after");
        other.awaitBody("after");
        assertThat(endpoint.requests()).hasSize(4);
        assertThat(other.requests()).extracting(Request::text).containsExactly("lost", "after");
    }

    @Test
    void givesBackOnlyThoseThatAreChosen() {
        answer.set(Answer.of(422));
        subscribe();
        var first = publish("first");
        awaitDeadLetters(1);
        publish("second");
        awaitDeadLetters(2);
        var between = list("").get("items").get(1).get("storedAt").asText();
        var reason = list("").get("items").get(0).get("reason");
        assertThat(reason.get("outcome").asText()).isEqualTo("4xx");
        assertThat(endpoint.requests()).hasSize(2);

        answer.set(Answer.of(200));
        var byIds = redriven("{\"ids\":[\"" + first + "\",\"unknown\"]}");
        assertThat(byIds.get("redriven").asInt()).isEqualTo(1);
        assertThat(byIds.get("notFound").toString()).isEqualTo("[\"unknown\"]");
        assertThat(byIds.get("detail").asText()).isEqualTo("found no dead letter for 1 of 2 ids; notFound lists them");
        endpoint.await(3);
        assertThat(redriven("{\"from\":\"" + between + "\"}").get("redriven").asInt())
                .isEqualTo(1);

        assertThat(endpoint.await(4)).extracting(Request::text).containsExactly("first", "second", "first", "second");
    }

    @Test
    void givesADeadLetterOfTheLongestGroupBackOnce() {
        answer.set(Answer.of(422));
        subscribe("source.consumerGroup", (name + "-").repeat(100).substring(0, 100));
        publish("m");
        awaitDeadLetters(1);

        var first = redriven("{\"all\":true}");
        awaitDeadLetters(2);
        var second = redriven("{\"all\":true}");

        assertThat(first.get("state").asText()).as(first.toString()).isEqualTo("DONE");
        assertThat(first.get("redriven").asInt()).isEqualTo(1);
        assertThat(second.get("skipped").asInt()).isEqualTo(1);
        assertThat(second.get("redriven").asInt()).isEqualTo(1);
        assertThat(list("").get("items").get(0).get("redriven").asBoolean()).isTrue();
    }

    @Test
    void tellsWhyAMessageCouldNotBeSentAtAll() {
        subscribe("payload.format", "CLOUDEVENTS_BINARY");
        var message = new Message(topic, "no event".getBytes(StandardCharsets.UTF_8));
        message.putUserProperty("CE_contenttype", "application/cloudevents+json");
        BROKER.witness().send(message);
        awaitDeadLetters(1);

        var why = "the message is marked as a CloudEvent but is not JSON in UTF-8";
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            var reason = list("").get("items").get(0).get("reason");
            assertThat(reason.get("outcome").asText()).isEqualTo("unrepresentable");
            assertThat(reason.get("detail").asText()).isEqualTo(why);
        });
        var attempt = json(gateway.get("/subscriptions/" + name + "/attempts?outcome=unrepresentable"), 200)
                .get("items")
                .get(0);
        assertThat(attempt.get("verdict").asText()).isEqualTo("DEAD_LETTER");
        assertThat(attempt.get("detail").asText()).isEqualTo(why);
        assertThat(endpoint.requests()).isEmpty();
    }

    @Test
    void listsPageByPage() {
        answer.set(Answer.of(422));
        subscribe();
        IntStream.range(0, 5).forEach(i -> publish("m" + i));
        awaitDeadLetters(5);

        var page = list("?limit=2");
        var seen = new ArrayList<String>();
        while (true) {
            page.get("items").forEach(letter -> seen.add(letter.get("messageId").asText()));
            if (!page.has("next")) {
                break;
            }
            assertThat(page.get("items")).hasSizeLessThanOrEqualTo(2);
            page = list("?limit=2&after=" + page.get("next").asText());
        }

        assertThat(seen).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void sendsDeadLettersToATopicWithTheReason() {
        answer.set(Answer.of(422));
        var dead = BROKER.newTopic();
        subscribe("deadLetter.mode", "TOPIC", "deadLetter.topic", dead);

        var id = publish("refused");

        await().atMost(Duration.ofSeconds(30)).until(() -> BROKER.count(dead) == 1);
        var copy = BROKER.stored(dead).get(0);
        assertThat(copy.text()).isEqualTo("refused");
        assertThat(copy.properties())
                .containsEntry("UNIQ_KEY", id)
                .containsEntry("deadLetterReason", "refused")
                .containsEntry("deadLetterSubscription", name)
                .containsEntry("tenant", "acme");
        assertThat(list("").get("total").asInt()).isZero();
    }

    @Test
    void refusesARedriveThatSaysNothingOrTooMuch() {
        subscribe();

        for (var body : new String[] {
            "{}",
            "{\"all\":true,\"ids\":[\"a\"]}",
            "{\"all\":false}",
            "{\"ids\":[]}",
            "{\"from\":\"yesterday\"}",
            "{\"all\":true,\"ratePerSecond\":0}",
            "{\"al\":true}",
            "[]",
            "{\"from\":\"2026-11-22T12:00:00Z\",\"to\":\"2026-11-22T12:00:00Z\"}"
        }) {
            var refused = json(redrive(body), 400);
            assertThat(refused.get("code").asText()).as(body).isEqualTo("invalid-request");
            assertThat(refused.get("errors")).as(body).isNotEmpty();
        }
        assertThat(json(redrive("{"), 400).get("code").asText()).isEqualTo("malformed-body");
        assertThat(json(gateway.get("/subscriptions/none/dlq"), 404).get("code").asText())
                .isEqualTo("subscription-not-found");
        assertThat(json(gateway.get("/subscriptions/" + name + "/dlq?limit=0&after=x"), 400)
                        .get("code")
                        .asText())
                .isEqualTo("invalid-request");
    }
}
