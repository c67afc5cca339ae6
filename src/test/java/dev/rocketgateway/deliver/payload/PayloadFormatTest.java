package dev.rocketgateway.deliver.payload;

import static dev.rocketgateway.deliver.Messages.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.webhook.WebhookMessage;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PayloadFormatTest {

    private static final byte[] NOT_TEXT = {(byte) 0xFF, 0, 1};

    /** What a producer with the CloudEvents binding writes. */
    private static final Map<String, String> EVENT = Map.of(
            "CE_specversion", "1.0",
            "CE_id", "e-1",
            "CE_source", "/shop",
            "CE_type", "order.created",
            "CE_subject", "Zürich \"1\" 100%",
            "CE_tenant", "acme",
            "CE_contenttype", "application/json");

    private static PayloadFormat format(String... settings) {
        return PayloadFormat.of(TestSubscriptions.subscription("billing", settings));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonNode json(WebhookMessage webhook) {
        try {
            return new ObjectMapper().readTree(webhook.body());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(String text) {
        return json(new WebhookMessage("id", Map.of(), bytes(text)));
    }

    @Test
    void sendsTheBodyAsItIs() {
        var webhook = format().webhook(List.of(
                message("m.1", 1, NOT_TEXT, Map.of("contentType", "image/png", "contentEncoding", "br"))));

        assertThat(webhook.id()).isEqualTo("m_1");
        assertThat(webhook.body()).isEqualTo(NOT_TEXT);
        assertThat(webhook.headers())
                .containsEntry("Content-Type", "image/png")
                .containsEntry("Content-Encoding", "br")
                .containsEntry("rocketmq-message-id", "m.1");
    }

    @Test
    void sendsTheTypeTheSubscriptionNames() {
        var webhook = format("payload.content-type", "text/csv")
                .webhook(List.of(message("m", 1, NOT_TEXT, Map.of("contentType", "image/png"))));

        assertThat(webhook.headers()).containsEntry("Content-Type", "text/csv");
    }

    @Test
    void sendsAnEnvelopeInJson() {
        var webhook = format("payload.format", "JSON")
                .webhook(List.of(message("m", 2, bytes("{\"a\":\"ü\"}"), Map.of("tenant", "acme"))));

        assertThat(webhook.headers())
                .containsEntry("Content-Type", "application/json")
                .containsEntry("rocketmq-delivery-attempt", "2");
        assertThat(json(webhook)).isEqualTo(json("""
                        {"id":"m","topic":"orders","tags":"created","keys":["order-42"],"properties":{"tenant":"acme"},
                         "bornAt":"2026-11-22T11:59:59.871Z","attempt":2,"bodyEncoding":"text","body":"{\\"a\\":\\"ü\\"}"}"""));
    }

    @Test
    void sendsBytesThatAreNotTextInBase64() {
        var webhook = format("payload.format", "JSON", "payload.forward-properties", "false")
                .webhook(List.of(message("m", 1, NOT_TEXT, Map.of("tenant", "acme"))));

        assertThat(json(webhook)).isEqualTo(json("""
                        {"id":"m","topic":"orders","tags":"created","keys":["order-42"],
                         "bornAt":"2026-11-22T11:59:59.871Z","attempt":1,"bodyEncoding":"base64","bodyBase64":"/wAB"}"""));
    }

    @Test
    void sendsSeveralAsAnArrayAndOneAsAnArrayOfOne() {
        var format = format("payload.format", "JSON", "batch.max-messages", "8");

        var two = format.webhook(List.of(message("a", 1), message("b", 3)));
        assertThat(json(two)).hasSize(2);
        assertThat(json(two).findValuesAsText("id")).containsExactly("a", "b");
        assertThat(two.headers()).containsEntry("rocketmq-batch-size", "2").doesNotContainKey("rocketmq-message-id");
        assertThat(json(format.webhook(List.of(message("a", 1))))).hasSize(1);
    }

    @Test
    void givesABatchAnIdThatStaysTheSame() {
        var format = format("payload.format", "JSON", "batch.max-messages", "8");

        var id = format.webhook(List.of(message("a", 1), message("b", 1))).id();

        assertThat(id).matches("batch-[0-9a-f]{32}");
        assertThat(format.webhook(List.of(message("a", 2), message("b", 2))).id())
                .isEqualTo(id);
        assertThat(format.webhook(List.of(message("b", 1), message("a", 1))).id())
                .isNotEqualTo(id);
        assertThat(format.webhook(List.of(message("a", 1))).id()).isEqualTo("a");
    }

    @Test
    void makesAnEventOfAMessage() {
        var webhook = format("payload.format", "CLOUDEVENTS_BINARY")
                .webhook(List.of(message("m", 1, bytes("hi"), Map.of("contentType", "text/plain"))));

        assertThat(webhook.body()).isEqualTo(bytes("hi"));
        assertThat(webhook.headers())
                .containsEntry("ce-specversion", "1.0")
                .containsEntry("ce-id", "m")
                .containsEntry("ce-source", "/rocketmq/orders")
                .containsEntry("ce-type", "created")
                .containsEntry("ce-subject", "order-42")
                .containsEntry("ce-time", "2026-11-22T11:59:59.871Z")
                .containsEntry("Content-Type", "text/plain")
                .containsEntry("rocketmq-message-id", "m");
    }

    @Test
    void keepsTheEventAMessageIs() {
        var webhook =
                format("payload.format", "CLOUDEVENTS_BINARY").webhook(List.of(message("m", 1, bytes("{}"), EVENT)));

        assertThat(webhook.headers())
                .containsEntry("ce-id", "e-1")
                .containsEntry("ce-source", "/shop")
                .containsEntry("ce-type", "order.created")
                .containsEntry("ce-subject", "Z%C3%BCrich%20%221%22%20100%25")
                .containsEntry("ce-tenant", "acme")
                .containsEntry("Content-Type", "application/json")
                .doesNotContainKeys("ce-time", "ce-contenttype", "ce-datacontenttype");
    }

    @Test
    void sendsNoDataForAnEventWithoutAny() {
        var webhook =
                format("payload.format", "CLOUDEVENTS_BINARY").webhook(List.of(message("m", 1, new byte[] {0}, EVENT)));

        assertThat(webhook.body()).isEmpty();
    }

    @Test
    void sendsStructuredEventsThatTheSdkReads() {
        var webhook = format("payload.format", "CLOUDEVENTS_STRUCTURED")
                .webhook(List.of(message("m", 1, bytes("{\"order\":42}"), EVENT)));

        assertThat(webhook.headers().get("Content-Type")).startsWith("application/cloudevents+json");
        var event = Objects.requireNonNull(EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE))
                .deserialize(webhook.body());
        assertThat(event.getId()).isEqualTo("e-1");
        assertThat(event.getSubject()).isEqualTo("Zürich \"1\" 100%");
        assertThat(event.getExtension("tenant")).isEqualTo("acme");
        assertThat(json(webhook).get("data")).isEqualTo(json("{\"order\":42}"));
    }

    @Test
    void passesStructuredEventsOnAsTheyCame() {
        var body = bytes("{ \"specversion\":\"1.0\", \"id\":\"e\", \"source\":\"/s\", \"type\":\"t\" }");
        var properties = Map.of("CE_contenttype", "application/cloudevents+json; charset=utf-8");

        assertThat(format("payload.format", "CLOUDEVENTS_STRUCTURED")
                        .webhook(List.of(message("m", 1, body, properties)))
                        .body())
                .isEqualTo(body);
        assertThat(format("payload.format", "CLOUDEVENTS_BINARY")
                        .webhook(List.of(message("m", 1, body, properties)))
                        .headers())
                .containsEntry("ce-id", "e");
    }

    @Test
    void putsDataThatIsNotTheJsonItSaysIntoBase64() {
        var webhook = format("payload.format", "CLOUDEVENTS_STRUCTURED")
                .webhook(List.of(message("m", 1, bytes("{\"order\":"), EVENT)));

        assertThat(json(webhook).get("data_base64").asText()).isEqualTo("eyJvcmRlciI6");
    }

    @Test
    void sendsABatchOfEvents() {
        var webhook = format("payload.format", "CLOUDEVENTS_STRUCTURED", "batch.max-messages", "8")
                .webhook(List.of(message("a", 1), message("b", 1)));

        assertThat(webhook.headers()).containsEntry("Content-Type", "application/cloudevents-batch+json");
        assertThat(json(webhook).findValuesAsText("id")).containsExactly("a", "b");
    }

    @Test
    void refusesInvalidEvents() {
        var format = format("payload.format", "CLOUDEVENTS_BINARY");

        assertThatThrownBy(() -> format.webhook(List.of(message("m", 1, bytes("{}"), Map.of("CE_specversion", "9.9")))))
                .isInstanceOf(UnrepresentableException.class);
        assertThatThrownBy(() -> format.webhook(List.of(
                        message("m", 1, bytes("null"), Map.of("CE_contenttype", "application/cloudevents+json")))))
                .isInstanceOf(UnrepresentableException.class);
        assertThatThrownBy(() -> format.webhook(List.of(message(
                        "m", 1, bytes("{\"id\":1}"), Map.of("CE_contenttype", "application/cloudevents+json")))))
                .isInstanceOf(UnrepresentableException.class);
    }
}
