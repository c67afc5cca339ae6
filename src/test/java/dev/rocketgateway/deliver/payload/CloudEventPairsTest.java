package dev.rocketgateway.deliver.payload;

import static dev.rocketgateway.deliver.Messages.message;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.webhook.WebhookMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An event keeps every attribute and every byte of its data from each form it is published in to each it is delivered in. */
class CloudEventPairsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA =
            "{ \"a\":12345678901234567.89,\"b\":1e400, \"c\":-0.0,\"d\":\"\\u00fc\\/ü\",\"e\":null,\"e\":1 }";
    private static final String EVENT_TYPE = "application/cloudevents+json";

    private enum In {
        BINARY,
        STRUCTURED
    }

    private record Source(Map<String, String> attributes, String contentType, String data) {

        ReceivedMessage as(In in) {
            if (in == In.BINARY) {
                var properties = new HashMap<String, String>();
                attributes.forEach((name, value) -> properties.put("CE_" + name, value));
                properties.put("CE_contenttype", contentType);
                properties.put("contentType", contentType);
                return message("m", 1, data.getBytes(UTF_8), properties);
            }
            var members = new ArrayList<String>();
            attributes.forEach((name, value) -> members.add(quoted(name) + " : " + quoted(value)));
            members.add("\"none\" : null");
            members.add("\"datacontenttype\":" + quoted(contentType));
            members.add("\"data\" :  " + (contentType.contains("json") ? data : quoted(data)));
            return message(
                    "m",
                    1,
                    ("{ " + String.join(" , ", members) + " }").getBytes(UTF_8),
                    Map.of("CE_contenttype", EVENT_TYPE, "contentType", EVENT_TYPE));
        }
    }

    private static String quoted(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Source source(String contentType, String data, String... more) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put("specversion", "1.0");
        attributes.put("id", "e 1.ü");
        attributes.put("source", "urn:shop?a=b#c|d");
        attributes.put("type", "order.created");
        for (int i = 0; i < more.length; i += 2) {
            attributes.put(more[i], more[i + 1]);
        }
        return new Source(attributes, contentType, data);
    }

    static Stream<Arguments> pairs() {
        return Stream.of(
                        source("application/json", DATA),
                        source("application/json; charset=utf-8", DATA),
                        source("application/vnd.acme.order+json;v=\"1 %{}\"", " [1e400]"),
                        source("application/json", "\"text\""),
                        source("application/json", "12345678901234567.89"),
                        source("application/json", "1" + "0".repeat(2000)),
                        source("application/json", "[".repeat(2000) + "]".repeat(2000)),
                        source("text/plain; charset=\"utf-8\"", "größe \u0001\n"),
                        source("text/xml;charset=UTF-8", "<a b='1e400'/>"),
                        source("application/json", "{}", "time", "2026-01-01T10:00:00Z"),
                        source("application/json", "{}", "time", "2026-01-01t10:00:00.100+02:00"),
                        source("application/json", "{}", "time", "2016-12-31T23:59:60.1234567890Z"),
                        source("application/json", "{}", "subject", "Zürich \"1\" 100% ~|<>\\^`{}"),
                        source("application/json", "{}", "dataschema", "https://example.com/ü?a=b"),
                        source(
                                "application/json",
                                "{}",
                                "ext",
                                "007",
                                "other",
                                "true",
                                "big",
                                "2147483648",
                                "e",
                                "1e400"),
                        source(
                                "application/json",
                                "{}",
                                "traceparent",
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                        source("application/json", "{}", "specversion", "0.3", "schemaurl", "/s"))
                .flatMap(source -> Stream.of(In.values()).map(in -> arguments(in, source)));
    }

    private static WebhookMessage webhook(String format, ReceivedMessage message) {
        return PayloadFormat.of(TestSubscriptions.subscription("billing", "payload.format", format))
                .webhook(List.of(message));
    }

    private static Map<String, String> attributes(WebhookMessage binary) {
        var attributes = new TreeMap<String, String>();
        binary.headers().forEach((name, value) -> {
            if (name.startsWith("ce-")) {
                attributes.put(name.substring(3), PercentEncoding.decode(value));
            }
        });
        return attributes;
    }

    private static Map<String, String> attributes(JsonNode structured) {
        var attributes = new TreeMap<String, String>();
        structured.properties().forEach(member -> {
            if (!member.getKey().startsWith("data") || member.getKey().equals("dataschema")) {
                attributes.put(member.getKey(), member.getValue().textValue());
            }
        });
        attributes.remove("none");
        return attributes;
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new AssertionError(new String(body, UTF_8), e);
        }
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("pairs")
    void keepsItInBinaryMode(In in, Source source) {
        var webhook = webhook("CLOUDEVENTS_BINARY", source.as(in));

        assertThat(attributes(webhook)).isEqualTo(new TreeMap<>(source.attributes()));
        assertThat(webhook.headers()).containsEntry("Content-Type", source.contentType());
        assertThat(new String(webhook.body(), UTF_8)).isEqualTo(data(in, source));
    }

    /** White space before a value is none of its own in JSON. */
    private static String data(In in, Source source) {
        return in == In.STRUCTURED && source.contentType().contains("json")
                ? source.data().strip()
                : source.data();
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("pairs")
    void keepsItInStructuredMode(In in, Source source) {
        var message = source.as(in);
        var webhook = webhook("CLOUDEVENTS_STRUCTURED", message);

        if (in == In.STRUCTURED) {
            assertThat(webhook.body()).isEqualTo(message.body());
        } else if (source.contentType().contains("json")) {
            assertThat(new String(webhook.body(), UTF_8)).endsWith("\"data\":" + source.data() + "}");
        } else {
            assertThat(json(webhook.body()).get("data_base64").asText())
                    .isEqualTo(Base64.getEncoder().encodeToString(source.data().getBytes(UTF_8)));
        }
        if (source.data().length() < 1000) {
            assertThat(attributes(json(webhook.body()))).isEqualTo(new TreeMap<>(source.attributes()));
            assertThat(json(webhook.body()).get("datacontenttype").asText()).isEqualTo(source.contentType());
        }
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("pairs")
    void keepsItAsItIs(In in, Source source) {
        var message = source.as(in);
        var webhook = webhook("RAW", message);

        assertThat(webhook.body()).isEqualTo(message.body());
        assertThat(webhook.headers())
                .containsEntry("Content-Type", in == In.STRUCTURED ? EVENT_TYPE : source.contentType());
        var properties = new TreeMap<String, String>();
        webhook.headers().forEach((name, value) -> {
            if (name.startsWith("rocketmq-prop-")) {
                properties.put(name.substring(14), PercentEncoding.decode(value));
            }
        });
        assertThat(properties).isEqualTo(new TreeMap<>(message.properties()));
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("pairs")
    void keepsItInAnEnvelope(In in, Source source) {
        var message = source.as(in);
        var envelope = json(webhook("JSON", message).body());

        assertThat(envelope.get("body").asText()).isEqualTo(new String(message.body(), UTF_8));
        assertThat((Object) JSON.convertValue(envelope.get("properties"), Map.class))
                .isEqualTo(message.properties());
    }

    /** Only JSON has types; as a header each is its text. */
    @Test
    void keepsTheTextOfTypedExtensions() {
        var event = """
                {"specversion":"1.0","id":"e","source":"/s","type":"t","i":12,"max":2147483648,"yes":true,"no":false,"none":null}""";

        var headers = webhook("CLOUDEVENTS_BINARY", structured(event)).headers();

        assertThat(headers)
                .containsEntry("ce-i", "12")
                .containsEntry("ce-max", "2147483648")
                .containsEntry("ce-yes", "true")
                .containsEntry("ce-no", "false")
                .doesNotContainKeys("ce-none", "Content-Type");
    }

    private static ReceivedMessage structured(String event) {
        return message("m", 1, event.getBytes(UTF_8), Map.of("CE_contenttype", EVENT_TYPE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"data\":{\"a\":1e400}                                  -> application/json | {\"a\":1e400}",
                "\"data\":\"text\"                                       -> application/json | \"text\"",
                "\"datacontenttype\":\"text/plain\",\"data\":\"te\\nxt\" -> text/plain       | te\nxt",
                "\"datacontenttype\":\"image/png\",\"data_base64\":\"/wE=\" -> image/png     | \u00FF\u0001",
                "\"data_base64\":\"e30=\"                                -> application/json | {}",
                "\"data\":null,\"data_base64\":\"e30=\"                  -> application/json | {}",
                "\"data\":null                                           ->                  | "
            })
    void readsTheDataOfAStructuredEvent(String row) {
        var cells = row.split(" *-> *| *\\| ", -1);
        var event = "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",%s}".formatted(cells[0]);

        var webhook = webhook("CLOUDEVENTS_BINARY", structured(event));

        assertThat(webhook.headers().getOrDefault("Content-Type", "")).isEqualTo(cells[1].strip());
        assertThat(new String(webhook.body(), ISO_8859_1)).isEqualTo(cells[2]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br, gzip", "GZIP"})
    void keepsTheContentCodingInEveryForm(String coding) {
        byte[] coded = {31, (byte) 139, 8, 0};
        for (var properties : List.of(
                Map.of("contentType", "application/json", "contentEncoding", coding),
                Map.of(
                        "CE_specversion", "1.0",
                        "CE_id", "e",
                        "CE_source", "/s",
                        "CE_type", "t",
                        "CE_contenttype", "application/json",
                        "contentType", "application/json",
                        "contentEncoding", coding))) {
            // Bytes that happen to be JSON are coded all the same.
            for (byte[] body : List.of(coded, "{}".getBytes(UTF_8))) {
                var message = message("m", 1, body, properties);

                for (var format : List.of("RAW", "CLOUDEVENTS_BINARY")) {
                    var webhook = webhook(format, message);
                    assertThat(webhook.headers())
                            .containsEntry("Content-Encoding", coding)
                            .containsEntry("Content-Type", "application/json");
                    assertThat(webhook.body()).isEqualTo(body);
                }
                var structured = json(webhook("CLOUDEVENTS_STRUCTURED", message).body());
                assertThat(structured.get("contentencoding").asText()).isEqualTo(coding);
                assertThat(structured.get("data_base64").asText())
                        .isEqualTo(Base64.getEncoder().encodeToString(body));
                assertThat(json(webhook("JSON", message).body())
                                .at("/properties/contentEncoding")
                                .asText())
                        .isEqualTo(coding);
            }
        }
    }

    @Test
    void writesTextOfAnotherCharsetAsBytes() {
        var latin = message(
                "m", 1, "\"Ã¼\"".getBytes(UTF_8), Map.of("contentType", "application/json; charset=\"iso-8859-1\""));

        assertThat(json(webhook("CLOUDEVENTS_STRUCTURED", latin).body()).has("data_base64"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"specversion\":\"2.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\"}",
                "{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"t\"}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\"}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"yesterday\"}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"Ext\":\"a\"}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"ext\":{}}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"ext\":1.5}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":\"%%%\"}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"data_base64\":1}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"data\":1,\"data_base64\":\"e30=\"}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"datacontenttype\":\"text/plain\",\"data\":{}}",
                "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\"} {}",
                "{\"specversion\":\"1.0\""
            })
    void explainsWhyAnEventIsInvalid(String event) {
        for (var format : List.of("CLOUDEVENTS_BINARY", "CLOUDEVENTS_STRUCTURED")) {
            assertThatThrownBy(() -> webhook(format, structured(event)))
                    .isInstanceOf(UnrepresentableException.class)
                    .hasMessageMatching("(is marked as a CloudEvent (and|but)|has data).*");
        }
        // Without a claim to be an event it is delivered as it is.
        assertThat(webhook("RAW", structured(event)).body()).isEqualTo(event.getBytes(UTF_8));
        assertThat(json(webhook("JSON", structured(event)).body()).get("body").asText())
                .isEqualTo(event);
    }
}
