package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages in every form, alone and together, through a real broker. */
class PayloadsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final EventFormat EVENTS = new JsonFormat();

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);

    @AfterEach
    void stop() {
        subscriptions.delete(name, "");
    }

    private void subscribe(String url, Object... members) {
        subscriptions.createFromEarliest(name, topic, url, members);
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new AssertionError(new String(body, StandardCharsets.UTF_8), e);
        }
    }

    @Test
    void sendsTheEnvelopeInJson() {
        try (var endpoint = TestEndpoint.answering(200)) {
            subscribe(endpoint.url(), "payload.format", "JSON");

            gateway.publish(topic, "tag=created&key=a&key=b&property.tenant=acme&messageGroup=g", "{\"order\":42}");

            var envelope = json(endpoint.await(1).get(0).body());
            assertThat(envelope.get("topic").asText()).isEqualTo(topic);
            assertThat(envelope.get("tags").asText()).isEqualTo("created");
            assertThat(envelope.get("keys").toString()).isEqualTo("[\"a\",\"b\"]");
            assertThat(envelope.get("messageGroup").asText()).isEqualTo("g");
            assertThat(envelope.get("properties").get("tenant").asText()).isEqualTo("acme");
            assertThat(envelope.get("body").asText()).isEqualTo("{\"order\":42}");
        }
    }

    @Test
    void sendsAPublishedCloudEventOnInBothModes() {
        try (var binary = TestEndpoint.answering(200);
                var structured = TestEndpoint.answering(200)) {
            subscribe(binary.url(), "payload.format", "CLOUDEVENTS_BINARY");
            gateway.publish(
                    topic,
                    "",
                    "{\"order\":42}",
                    "Content-Type",
                    "application/json",
                    "ce-specversion",
                    "1.0",
                    "ce-id",
                    "e-1",
                    "ce-source",
                    "/shop",
                    "ce-type",
                    "order.created",
                    "ce-tenant",
                    "acme");
            var webhook = binary.await(1).get(0);
            assertThat(webhook.headers())
                    .containsEntry("ce-id", "e-1")
                    .containsEntry("ce-source", "/shop")
                    .containsEntry("ce-type", "order.created")
                    .containsEntry("ce-tenant", "acme")
                    .containsEntry("content-type", "application/json");
            assertThat(webhook.text()).isEqualTo("{\"order\":42}");
            subscriptions.delete(name, "");

            subscribe(
                    structured.url(),
                    "payload.format",
                    "CLOUDEVENTS_STRUCTURED",
                    "source.consumerGroup",
                    "GW-" + name + "-structured");
            var event = EVENTS.deserialize(structured.await(1).get(0).body());
            assertThat(event.getId()).isEqualTo("e-1");
            assertThat(event.getExtension("tenant")).isEqualTo("acme");
        }
    }

    @Test
    void sendsBatchesAndRetriesTheMessagesTheEndpointNames() {
        IntStream.range(0, 200).forEach(i -> BROKER.witness().send(topic, "m " + i));
        Map<String, Integer> taken = new ConcurrentHashMap<>();
        var sizes = new ArrayList<Integer>();
        try (var endpoint = HostileEndpoint.behaving(HostileEndpoint.answering(request -> {
            var batch = json(request.body());
            var failed = new ArrayList<String>();
            synchronized (sizes) {
                sizes.add(batch.size());
                for (var message : batch) {
                    // Each message with a 7 fails the first time.
                    if (message.get("body").asText().contains("7")
                            && message.get("attempt").asInt() == 1) {
                        failed.add("{\"itemIdentifier\":\"" + message.get("id").asText() + "\"}");
                    } else {
                        taken.merge(message.get("body").asText(), 1, Integer::sum);
                    }
                }
            }
            return HostileEndpoint.response(200, "{\"batchItemFailures\":[" + String.join(",", failed) + "]}");
        }))) {
            subscribe(endpoint.url().toString(), "payload.format", "JSON", "batch.maxMessages", 16);

            await().atMost(Duration.ofSeconds(40)).until(() -> taken.size() == 200);

            assertThat(taken.values()).containsOnly(1);
            assertThat(sizes).allMatch(size -> size <= 16).anyMatch(size -> size > 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"batchItemFailures\":[{\"id\":\"x\"}]}", "[\"x\"]", "\"x\"", "gzip"})
    void retriesABatchWhoseFailuresCannotBeRead(String said) {
        BROKER.witness().send(topic, "m");
        var attempts = new AtomicInteger();
        try (var endpoint = HostileEndpoint.behaving(HostileEndpoint.answering(request -> {
            if (attempts.incrementAndGet() > 1) {
                return HostileEndpoint.response(200, "{\"batchItemFailures\":[]}");
            }
            return said.equals("gzip")
                    ? HostileEndpoint.response(200, "\u001F\u008B", "Content-Encoding", "gzip")
                    : HostileEndpoint.response(200, said, "Content-Type", "application/json");
        }))) {
            subscribe(
                    endpoint.url().toString(),
                    "payload.format",
                    "JSON",
                    "batch.maxMessages",
                    16,
                    "retry.schedule",
                    List.of("1s"));

            await().atMost(Duration.ofSeconds(40))
                    .until(() -> endpoint.requests().size() >= 2);

            assertThat(endpoint.requests().get(1).header("rocketmq-batch-size")).isEqualTo("1");
            assertThat(endpoint.requests().get(1).text()).contains("\"attempt\":2");
            assertThat(endpoint.requests().get(0).header("accept-encoding")).isEqualTo("identity");
        }
    }

    @Test
    void findsTheMessageOfABatchThatIsRefused() {
        IntStream.range(0, 40).forEach(i -> BROKER.witness().send(topic, "m " + i));
        Map<String, Integer> taken = new ConcurrentHashMap<>(new TreeMap<>());
        try (var endpoint = HostileEndpoint.behaving(HostileEndpoint.answering(request -> {
            var bodies = new ArrayList<String>();
            json(request.body())
                    .forEach(message -> bodies.add(message.get("body").asText()));
            if (bodies.contains("m 13")) {
                return HostileEndpoint.response(422, "");
            }
            bodies.forEach(body -> taken.merge(body, 1, Integer::sum));
            return HostileEndpoint.response(200, "");
        }))) {
            subscribe(endpoint.url().toString(), "payload.format", "JSON", "batch.maxMessages", 32);

            await().atMost(Duration.ofSeconds(40)).until(() -> taken.size() == 39);
            await().atMost(Duration.ofSeconds(40)).until(() -> BROKER.count("%DLQ%GW-" + name) == 1);

            assertThat(taken.values()).containsOnly(1);
            assertThat(BROKER.stored("%DLQ%GW-" + name).get(0).text()).isEqualTo("m 13");
        }
    }

    @Test
    void tellsOperatorsOfWhatHappensAndOneOfThemByWebhook() {
        var events = BROKER.newTopic();
        var told = new ConcurrentHashMap<String, String>();
        try (var operators = HostileEndpoint.behaving(HostileEndpoint.answering(request -> {
                    told.put(request.header("ce-type"), request.header("ce-source") + " " + request.text());
                    return HostileEndpoint.response(200, "");
                }));
                var endpoint = TestEndpoint.answering(422, 503);
                var gateway = GatewayProcess.connectedTo(BROKER)
                        .subscribing(name, topic, endpoint)
                        .with("gateway.subscriptions." + name + ".circuit-breaker.minimum-requests", 1)
                        .with("gateway.subscriptions.operators.source.topic", events)
                        .with("gateway.subscriptions.operators.source.consumer-group", "GW-operators-" + name)
                        .with("gateway.subscriptions.operators.endpoint.url", operators.url())
                        .with("gateway.subscriptions.operators.payload.format", "CLOUDEVENTS_BINARY")
                        .with("gateway.deliver.events-topic", events)
                        .start()) {
            await().atMost(Duration.ofSeconds(30)).until(() -> List.of(name, "operators").stream()
                    .allMatch(one -> gateway.log().contains("subscription=" + one + " state=running")));

            var id = gateway.publish(topic, "", "refused")
                    .headers()
                    .firstValue("RocketMQ-Message-Id")
                    .orElseThrow();
            endpoint.await(1);
            gateway.publish(topic, "", "failing");

            await().atMost(Duration.ofSeconds(30)).until(() -> told.size() == 2);
            assertThat(told.get("dev.rocketgateway.subscription.dead-lettered"))
                    .startsWith("/subscriptions/" + name)
                    .contains(id, "\"reason\":\"refused\"", topic);
            assertThat(told.get("dev.rocketgateway.subscription.held")).contains("endpoint_failing");
        }
    }
}
