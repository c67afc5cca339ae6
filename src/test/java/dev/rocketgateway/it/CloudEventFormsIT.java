package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.HostileEndpoint.Request;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One event, published in each form and delivered in each format: every attribute and every byte of its data is the same. */
class CloudEventFormsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> FORMATS = List.of("RAW", "JSON", "CLOUDEVENTS_BINARY", "CLOUDEVENTS_STRUCTURED");

    private static final String TYPE = "application/json; charset=utf-8";
    private static final String TIME = "2026-01-01T10:00:00Z";
    private static final String DATA = "{\"a\":12345678901234567.89, \"b\":1e400,\"c\":\"\\u00fc\"}";

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final Map<String, Request> received = new ConcurrentHashMap<>();
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);

    @AfterEach
    void stop() {
        FORMATS.forEach(format -> subscriptions.delete(subscription(format), ""));
    }

    private static String structured(String id) {
        return """
                {"specversion":"1.0","id":"%s","source":"/shop","type":"order.created","time":"%s","ext":"007","none":null,
                 "datacontenttype":"%s","data":%s}""".formatted(id, TIME, TYPE, DATA);
    }

    @Test
    void keepEveryAttributeAndByte() throws IOException {
        try (var endpoint = HostileEndpoint.behaving(HostileEndpoint.answering(request -> {
            received.put(request.header("rocketmq-subscription") + " " + idIn(request), request);
            return HostileEndpoint.response(200, "");
        }))) {
            for (var format : FORMATS) {
                subscriptions.createFromEarliest(
                        subscription(format), topic, endpoint.url().toString(), "payload.format", format);
            }
            publish();

            await().atMost(Duration.ofSeconds(60)).until(() -> received.size() == FORMATS.size() * 5);
        }
        for (var id : List.of("binary", "structured", "batch", "native")) {
            var binary = received(id, "CLOUDEVENTS_BINARY");
            assertThat(binary.headers())
                    .containsEntry("content-type", TYPE)
                    .containsEntry("ce-specversion", "1.0")
                    .containsEntry("ce-source", "/shop")
                    .containsEntry("ce-type", "order.created")
                    .containsEntry("ce-time", TIME)
                    .containsEntry("ce-ext", "007")
                    .doesNotContainKey("ce-none");
            assertThat(binary.text()).isEqualTo(DATA);

            var structured = received(id, "CLOUDEVENTS_STRUCTURED");
            assertThat(structured.text()).contains(DATA);
            var event = json(structured);
            assertThat(event.get("source").asText()).isEqualTo("/shop");
            assertThat(event.get("type").asText()).isEqualTo("order.created");
            assertThat(event.get("time").asText()).isEqualTo(TIME);
            assertThat(event.get("ext").asText()).isEqualTo("007");
            assertThat(event.get("datacontenttype").asText()).isEqualTo(TYPE);

            boolean wasStructured = id.equals("structured") || id.equals("batch");
            assertThat(received(id, "RAW").text()).isEqualTo(wasStructured ? structured(id) : DATA);
            assertThat(json(received(id, "JSON")).get("body").asText())
                    .isEqualTo(wasStructured ? structured(id) : DATA);
        }
        assertThat(received("coded", "RAW").header("content-encoding")).isEqualTo("gzip");
        assertThat(received("coded", "CLOUDEVENTS_BINARY").header("content-encoding"))
                .isEqualTo("gzip");
        assertThat(json(received("coded", "CLOUDEVENTS_STRUCTURED"))
                        .get("contentencoding")
                        .asText())
                .isEqualTo("gzip");
        assertThat(json(received("coded", "JSON"))
                        .at("/properties/contentEncoding")
                        .asText())
                .isEqualTo("gzip");
    }

    private void publish() {
        var attributes = new String[] {
            "ce-specversion", "1.0", "ce-source", "/shop", "ce-type", "order.created", "ce-time", TIME, "ce-ext", "007"
        };
        published(gateway.publish(topic, "", DATA, with(attributes, "Content-Type", TYPE, "ce-id", "binary"))
                .statusCode());
        published(gateway.publish(
                        topic,
                        "",
                        "not really gzip",
                        with(attributes, "Content-Type", TYPE, "Content-Encoding", "gzip", "ce-id", "coded"))
                .statusCode());
        published(gateway.publish(topic, "", structured("structured"), "Content-Type", "application/cloudevents+json")
                .statusCode());
        published(
                gateway.publishBatch(topic, "", "application/cloudevents-batch+json", "[ " + structured("batch") + " ]")
                        .statusCode());
        var message = new Message(topic, DATA.getBytes(StandardCharsets.UTF_8));
        new HashMap<>(Map.of(
                        "CE_specversion", "1.0",
                        "CE_id", "native",
                        "CE_source", "/shop",
                        "CE_type", "order.created",
                        "CE_time", TIME,
                        "CE_ext", "007",
                        "CE_contenttype", TYPE))
                .forEach(message::putUserProperty);
        BROKER.witness().send(message);
    }

    private static void published(int status) {
        assertThat(status).isEqualTo(200);
    }

    private static String[] with(String[] headers, String... more) {
        return IntStream.range(0, headers.length + more.length)
                .mapToObj(i -> i < headers.length ? headers[i] : more[i - headers.length])
                .toArray(String[]::new);
    }

    private Request received(String id, String format) {
        return received.get(subscription(format) + " " + id);
    }

    private String subscription(String format) {
        return name + "-" + FORMATS.indexOf(format);
    }

    private static JsonNode json(Request request) {
        try {
            return JSON.readTree(request.body());
        } catch (IOException e) {
            throw new AssertionError(request.text(), e);
        }
    }

    /** Wherever the format has it. */
    private static String idIn(Request request) {
        for (var header : List.of("ce-id", "rocketmq-prop-ce_id")) {
            if (!request.header(header).isEmpty()) {
                return request.header(header);
            }
        }
        var json = json(request);
        if (json.has("id") && json.has("specversion")) {
            return json.get("id").asText();
        }
        var properties = json.get("properties");
        try {
            return properties.has("CE_id")
                    ? properties.get("CE_id").asText()
                    : JSON.readTree(json.get("body").asText()).get("id").asText();
        } catch (IOException e) {
            throw new AssertionError(request.text(), e);
        }
    }
}
