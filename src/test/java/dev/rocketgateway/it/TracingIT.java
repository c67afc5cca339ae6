package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TraceReceiver;
import dev.rocketgateway.testing.TraceReceiver.Received;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spans, exported to a receiver of OTLP, decoded, and put together again. */
class TracingIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final TraceReceiver RECEIVER = TraceReceiver.start();
    private static GatewayProcess gateway;

    private final String topic = BROKER.newTopic();
    private final String name = "traced-" + UUID.randomUUID();
    private final Subscriptions subscriptions = new Subscriptions(gateway);
    private final String traceId = UUID.randomUUID().toString().replace("-", "");

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.tracing.otlp-endpoint", RECEIVER.endpoint())
                .with("quarkus.log.category.\"dev.rocketgateway.problem\".level", "DEBUG")
                .start();
        await().atMost(LIMIT).until(() -> gateway.get("/q/health/ready").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        RECEIVER.close();
    }

    private String traceparent() {
        return "00-%s-00f067aa0ba902b7-01".formatted(traceId);
    }

    private static List<Received> spans(int count, SpanKind kind, String trace) {
        await().atMost(LIMIT).until(() -> of(kind, trace).size() >= count);
        assertThat(of(kind, trace)).hasSize(count);
        return of(kind, trace);
    }

    private static List<Received> of(SpanKind kind, String trace) {
        return RECEIVER.spans(span -> span.kind() == kind
                && (span.traceId().equals(trace) || span.linkedTraces().contains(trace)));
    }

    @Test
    void followsAMessageFromItsCallerThroughARetryToTheEndpoint() {
        try (var endpoint = TestEndpoint.answering(503, 200)) {
            subscriptions.createFromEarliest(name, topic, endpoint.url(), "retry.schedule", List.of("1s"));

            var answer =
                    gateway.publish(topic, "mode=sync&tag=a", "x", "traceparent", traceparent(), "RocketMQ-Keys", "k1");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            endpoint.await(2);

            var request = spans(1, SpanKind.SPAN_KIND_SERVER, traceId).get(0);
            assertThat(request.name()).isEqualTo("POST /topics/{topic}/messages");
            assertThat(request.parentId()).isEqualTo("00f067aa0ba902b7");
            assertThat(request.attribute("http.response.status_code")).isEqualTo("200");
            assertThat(RECEIVER.services()).contains("rocketmq-http-gateway");

            var send = spans(1, SpanKind.SPAN_KIND_PRODUCER, traceId).get(0);
            assertThat(send.name()).isEqualTo("send " + topic);
            assertThat(send.parentId()).isEqualTo(request.spanId());
            assertThat(send.attributes())
                    .containsEntry("messaging.system", "rocketmq")
                    .containsEntry("messaging.operation.name", "send")
                    .containsEntry("messaging.destination.name", topic)
                    .containsEntry("messaging.rocketmq.message.tag", "a")
                    .containsEntry("messaging.rocketmq.message.keys", "k1")
                    .containsEntry("messaging.rocketmq.message.type", "normal")
                    .containsEntry("messaging.message.body.size", "1")
                    .containsKey("messaging.message.id");

            var attempts = spans(2, SpanKind.SPAN_KIND_CONSUMER, traceId);
            assertThat(attempts).allSatisfy(attempt -> {
                assertThat(attempt.name()).isEqualTo("process " + topic);
                assertThat(attempt.attribute("rocketgateway.subscription")).isEqualTo(name);
                assertThat(attempt.attribute("messaging.message.id")).isEqualTo(send.attribute("messaging.message.id"));
            });
            assertThat(attempts)
                    .extracting(attempt -> attempt.attribute("rocketgateway.attempt"), Received::failed)
                    .containsExactlyInAnyOrder(tuple("1", true), tuple("2", false));
            for (int i = 0; i < 2; i++) {
                var received = endpoint.requests().get(i).header("traceparent").split("-");
                await().atMost(LIMIT).until(() -> RECEIVER.span(received[2]).isPresent());
                var webhook = RECEIVER.span(received[2]).orElseThrow();
                assertThat(webhook.kind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
                assertThat(webhook.attribute("http.response.status_code")).isEqualTo(i == 0 ? "503" : "200");
                assertThat(attempts).extracting(Received::spanId).contains(webhook.parentId());
            }
        }
    }

    @Test
    void logsTheTraceOfARequest() {
        var answer = gateway.publish(topic, "mode=later", "x", "traceparent", traceparent(), "X-Request-Id", name);
        assertThat(answer.statusCode()).isEqualTo(400);

        var request = spans(1, SpanKind.SPAN_KIND_SERVER, traceId).get(0);
        assertThat(request.attribute("http.response.status_code")).isEqualTo("400");
        await().atMost(LIMIT).until(() -> gateway.log().contains(name + " " + traceId + " "));
    }

    @Test
    void linksTheSpanOfANativeBatchToItsMessages() {
        var answer = gateway.send(gateway.request(
                        "/topics/" + topic + "/messages:batch?mode=sync",
                        "Content-Type",
                        "application/x-ndjson",
                        "traceparent",
                        traceparent())
                .POST(BodyPublishers.ofString("a\nb\nc\n")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

        spans(3, SpanKind.SPAN_KIND_PRODUCER, traceId);
        var batch = spans(1, SpanKind.SPAN_KIND_CLIENT, traceId).get(0);
        assertThat(batch.linkedTraces()).hasSize(3).containsOnly(traceId);
        assertThat(batch.attribute("messaging.batch.message_count")).isEqualTo("3");
    }

    @Test
    void continuesTheTraceOfANativeProducerInDeadLettersRedrivesAndPulls() {
        try (var endpoint = TestEndpoint.answering(422, 200)) {
            subscriptions.createFromEarliest(name, topic, endpoint.url());
            var pull = name + "-pull";
            Subscriptions.json(
                    subscriptions.post(
                            "/subscriptions",
                            "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\",\"startFrom\":{\"position\":\"EARLIEST\"}},\"pull\":{}}"
                                    .formatted(pull, topic)),
                    201);
            // A property that the caller sets is kept, as that of a producer of any language is.
            var answer = gateway.publish(topic, "mode=sync", "x", "RocketMQ-Property", "traceparent=" + traceparent());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> !Subscriptions.json(gateway.get("/subscriptions/" + name + "/dlq"), 200)
                    .get("items")
                    .isEmpty());
            Subscriptions.json(subscriptions.post("/subscriptions/" + name + "/dlq:redrive", "{\"all\":true}"), 202);
            endpoint.await(2);

            spans(2, SpanKind.SPAN_KIND_CONSUMER, traceId);

            var taken = Subscriptions.json(
                    subscriptions.post("/subscriptions/" + pull + "/messages:receive?wait=20s", ""), 200);
            assertThat(taken.get("messages")
                            .get(0)
                            .get("properties")
                            .get("traceparent")
                            .textValue())
                    .isEqualTo(traceparent());
            var receive = spans(1, SpanKind.SPAN_KIND_CLIENT, traceId).get(0);
            assertThat(receive.name()).isEqualTo("receive " + topic);
        }
    }

    /** More spans than wait for an exporter. */
    @Test
    void deliversAsBeforeWhileNobodyReceivesTraces() {
        try (var endpoint = TestEndpoint.answering(200);
                var alone = GatewayProcess.connectedTo(BROKER)
                        .with("gateway.tracing.otlp-endpoint", "http://127.0.0.1:1")
                        .subscribing("alone", topic, endpoint)
                        .start()) {
            await().atMost(LIMIT).until(() -> alone.get("/q/health/ready").statusCode() == 200);
            new Subscriptions(alone).awaitPhase("alone", "RUNNING");
            for (int i = 0; i < 800; i++) {
                assertThat(alone.publish(topic, "mode=sync", "m" + i).statusCode())
                        .isEqualTo(200);
            }
            endpoint.await(800);
            assertThat(alone.terminate(Duration.ofSeconds(20))).isTrue();
        }
    }
}
