package dev.rocketgateway.publish.single;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.attributes.CloudEventJson;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no subscription could deliver as an event is refused when it is published, in each form alike, and is named. */
@ResourceLock("quarkus")
@QuarkusTest
class CloudEventFaultsResourceTest {

    private static final String MESSAGES = "/topics/demo/messages";
    private static final String ABSENT = "";

    private final FakePublisher publisher;

    CloudEventFaultsResourceTest(FakePublisher publisher) {
        this.publisher = publisher;
    }

    private enum Form {
        BINARY,
        STRUCTURED,
        BATCH
    }

    /**
     * An event that is right but for one thing.
     *
     * @param members raw JSON by name, in place of those of the event or besides them; {@link #ABSENT} takes one away
     * @param headers the same as headers; empty if there is no such fault in binary mode
     */
    private record Event(
            String name, Map<String, String> members, Optional<Map<String, String>> headers, String fault) {

        boolean is(Form form) {
            return form == Form.BINARY ? headers.isPresent() : !members.isEmpty();
        }

        @Override
        public String toString() {
            return name + " " + (members.isEmpty() ? headers.orElseThrow() : members);
        }
    }

    /** A fault in each form. */
    private static Event event(String attribute, String member, String header, String fault) {
        return new Event(attribute, Map.of(attribute, member), Optional.of(Map.of(attribute, header)), fault);
    }

    /** A fault only JSON can have. */
    private static Event json(String attribute, String fault, String... members) {
        return new Event(attribute, map(members), Optional.empty(), fault);
    }

    /** A fault only headers can have. */
    private static Event header(String attribute, String fault, String... headers) {
        return new Event(attribute, Map.of(), Optional.of(map(headers)), fault);
    }

    private static Map<String, String> map(String... pairs) {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static Stream<Event> faults() {
        return Stream.of(
                event("specversion", ABSENT, ABSENT, "is missing"),
                event("id", ABSENT, ABSENT, "is missing"),
                event("source", ABSENT, ABSENT, "is missing"),
                event("type", ABSENT, ABSENT, "is missing"),
                event("specversion", "\"2.0\"", "2.0", "write 1.0"),
                event("specversion", "\"1\"", "1", "write 1.0"),
                json("id", "must not be empty", "id", "\"\""),
                json("source", "must not be empty", "source", "\"\""),
                json("type", "must not be empty", "type", "\"\""),
                json("subject", "must not be empty", "subject", "\"\""),
                json("dataschema", "must not be empty", "dataschema", "\"\""),
                json("datacontenttype", "must not be empty", "datacontenttype", "\"\""),
                json("schemaurl", "must not be empty", "specversion", "\"0.3\"", "schemaurl", "\"\""),
                json("id", "is missing", "id", "null"),
                json("id", "must be a string", "id", "7"),
                json("id", "must be a string", "id", "true"),
                json("id", "must be a string", "id", "{}"),
                json("source", "must be a string", "source", "[]"),
                json("type", "must be a string", "type", "1.5"),
                json("time", "must be a string", "time", "1700000000"),
                json("subject", "must be a string", "subject", "false"),
                json("dataschema", "must be a string", "dataschema", "{\"a\":{}}"),
                json("datacontenttype", "must be a string", "datacontenttype", "[1,[2]]"),
                json("specversion", "must be a string", "specversion", "1.0"),
                event("source", "\"a b\"", "a%20b", "is not a URI"),
                event("dataschema", "\"a|b\"", "a|b", "is not a URI"),
                json("schemaurl", "is not a URI", "specversion", "\"0.3\"", "schemaurl", "\"a b\""),
                event("time", "\"yesterday\"", "yesterday", "not a time of RFC 3339"),
                event("time", "\"2026-01-01\"", "2026-01-01", "not a time of RFC 3339"),
                event("time", "\"2026-01-01 10:00:00Z\"", "2026-01-01%2010:00:00Z", "not a time of RFC 3339"),
                event("time", "\"2026-01-01T10:00Z\"", "2026-01-01T10:00Z", "not a time of RFC 3339"),
                event("time", "\"2026-01-01T10:00:00.Z\"", "2026-01-01T10:00:00.Z", "not a time of RFC 3339"),
                event("time", "\"2026-01-01T10:00:00,5Z\"", "2026-01-01T10:00:00,5Z", "not a time of RFC 3339"),
                event("time", "\"2026-01-01T10:00:00+0100\"", "2026-01-01T10:00:00+0100", "not a time of RFC 3339"),
                event("time", "\"+12026-01-01T10:00:00Z\"", "+12026-01-01T10:00:00Z", "not a time of RFC 3339"),
                event("time", "\"2026-01-01T10:00:00\"", "2026-01-01T10:00:00", "has no offset"),
                event("time", "\"2026-02-29T10:00:00Z\"", "2026-02-29T10:00:00Z", "does not exist"),
                event("time", "\"2026-13-01T10:00:00Z\"", "2026-13-01T10:00:00Z", "does not exist"),
                event("time", "\"2026-01-01T24:00:00Z\"", "2026-01-01T24:00:00Z", "does not exist"),
                event("time", "\"2026-01-01T10:60:00Z\"", "2026-01-01T10:60:00Z", "does not exist"),
                event("time", "\"2026-01-01T10:00:61Z\"", "2026-01-01T10:00:61Z", "does not exist"),
                event("time", "\"2026-01-01T10:00:60Z\"", "2026-01-01T10:00:60Z", "does not exist"),
                event("time", "\"2026-01-01T10:00:00+24:00\"", "2026-01-01T10:00:00+24:00", "does not exist"),
                event("time", "\"2026-01-01T10:00:00+01:60\"", "2026-01-01T10:00:00+01:60", "does not exist"),
                json("datacontenttype", "not a media type", "datacontenttype", "\"json\""),
                json("datacontenttype", "not a media type", "datacontenttype", "\"text/größe\""),
                json("datacontenttype", "not a media type", "datacontenttype", "\"a/b; c=ü\""),
                json("datacontenttype", "U+000A", "datacontenttype", "\"a/b;\\nX: y\""),
                json("Ext", "lowercase letters and digits", "Ext", "\"x\""),
                event("a_b", "\"x\"", "x", "lowercase letters and digits"),
                event("a-b", "\"x\"", "x", "lowercase letters and digits"),
                json("größe", "lowercase letters and digits", "größe", "\"x\""),
                json("", "lowercase letters and digits", "", "\"x\""),
                json("ext", "must be from -2147483648 to 2147483647", "ext", "2147483648"),
                json("ext", "must be from -2147483648 to 2147483647", "ext", "-2147483649"),
                json("ext", "must be from -2147483648 to 2147483647", "ext", "1" + "0".repeat(900)),
                json("ext", "must be a string, a whole number", "ext", "1.5"),
                json("ext", "must be a string, a whole number", "ext", "1e2"),
                json("ext", "must be a string, a whole number", "ext", "1.0"),
                json("ext", "must be a string, a whole number", "ext", "{}"),
                json("ext", "must be a string, a whole number", "ext", "[[1]]"),
                json("subject", "U+D83D", "subject", "\"a\\uD83D\""),
                json("subject", "U+DE00", "subject", "\"\\uDE00\\uD83D\""),
                json("id", "U+D800", "id", "\"\\uD800\""),
                json("ext", "U+DFFF", "ext", "\"\\udfffx\""),
                event("subject", "\"a\\nb\"", "a%0Ab", "U+000A"),
                event("subject", "\"a\\u0000b\"", "a%00b", "U+0000"),
                event("id", "\"a\\u007F\"", "a%7F", "U+007F"),
                event("ext", "\"a\\u0085\"", "a%C2%85", "U+0085"),
                event("ext", "\"a\\u0001\"", "a%01", "U+0001"),
                event("subject", "\"\\uFFFE\"", "%EF%BF%BE", "U+FFFE"),
                event("subject", "\"\\uFDD0\"", "%EF%B7%90", "U+FDD0"),
                event("subject", "\"\\uD83F\\uDFFF\"", "%F0%9F%BF%BF", "U+1FFFF"),
                json("ext", "is given twice", "ext", "\"a\",\"ext\":\"b\""),
                json("ext", "is given twice", "ext", "null,\"ext\":\"b\""),
                json("data", "is given twice", "data", "1,\"data\":1"),
                json("data_base64", "is given twice", "data_base64", "\"\",\"data_base64\":\"\""),
                json("data_base64", "is not Base64", "data_base64", "\"%%%\""),
                json("data_base64", "is not Base64", "data_base64", "\"A\""),
                json("data_base64", "is not Base64", "data_base64", "\"AA\""),
                json("data_base64", "is not Base64", "data_base64", "\"AA=A\""),
                json("data_base64", "is not Base64", "data_base64", "\"AA==\\n\""),
                json("data_base64", "is not Base64", "data_base64", "\"-_-_\""),
                json("data_base64", "must be a string in Base64", "data_base64", "7"),
                json("data_base64", "must be a string in Base64", "data_base64", "{\"a\":1}"),
                json("data_base64", "cannot be combined with data", "data", "1", "data_base64", "\"AA==\""),
                json("data_base64", "cannot be combined with data", "data_base64", "\"AA==\"", "data", "1"),
                json(
                        "data_base64",
                        "does not exist in version 0.3",
                        "specversion",
                        "\"0.3\"",
                        "data_base64",
                        "\"AA==\""),
                json(
                        "data",
                        "is not Base64",
                        "specversion",
                        "\"0.3\"",
                        "datacontentencoding",
                        "\"base64\"",
                        "data",
                        "\"%\""),
                json(
                        "data",
                        "must be a string in Base64",
                        "data",
                        "{}",
                        "specversion",
                        "\"0.3\"",
                        "datacontentencoding",
                        "\"Base64\""),
                json(
                        "datacontentencoding",
                        "must be base64",
                        "specversion",
                        "\"0.3\"",
                        "datacontentencoding",
                        "\"gzip\""),
                json("data", "must be a string", "datacontenttype", "\"text/plain\"", "data", "{\"a\":1}"),
                json("data", "must be a string", "data", "[1]", "datacontenttype", "\"text/plain\""),
                json("data", "must be a string", "datacontenttype", "\"application/xml\"", "data", "1"),
                json("data", "must be a string", "datacontenttype", "\"application/jsonx\"", "data", "true"),
                json("data", "half of a surrogate pair", "datacontenttype", "\"text/plain\"", "data", "\"\\uD800\""),
                header("data", "send the data as the body", "data", "x"),
                header("data_base64", "send the data as the body", "data_base64", "AA=="),
                header("datacontenttype", "Content-Type", "datacontenttype", "text/plain"),
                header("contenttype", "Content-Type", "contenttype", "text/plain"),
                header(
                        "datacontentencoding",
                        "the body is the data, byte for byte",
                        "specversion",
                        "0.3",
                        "datacontentencoding",
                        "base64"),
                header("id", "must not be empty", "id", "%20"),
                header("ext", "must not be empty", "ext", "%20"),
                header("subject", "not UTF-8", "subject", "%ED%A0%80"),
                header("subject", "not UTF-8", "subject", "%C0%AF"));
    }

    static Stream<Arguments> faultsInEachForm() {
        return inEachForm(faults());
    }

    private static Stream<Arguments> inEachForm(Stream<Event> events) {
        return events.flatMap(
                event -> Stream.of(Form.values()).filter(event::is).map(form -> arguments(form, event)));
    }

    @BeforeEach
    void behaveWell() {
        publisher.behave(FakePublisher::stored);
    }

    @ParameterizedTest
    @MethodSource("faultsInEachForm")
    void refusesWhatCannotBeDelivered(Form form, Event event) {
        var answer = publish(form, event).then().statusCode(400);

        var errors = form == Form.BATCH ? "results[0].errors" : "errors";
        var field = (form == Form.BINARY ? "ce-" : "") + event.name();
        answer.body(errors + ".field", hasItem(equalTo(field)))
                .body(errors + ".message", hasItem(containsString(event.fault())));
        assertThat(publisher.published()).isEmpty();
    }

    /** What the specification has, and readers of dates, numbers and headers often do not. */
    private static Stream<Event> rights() {
        return Stream.of(
                event("time", "\"2026-01-01T10:00:00.1234567890Z\"", "2026-01-01T10:00:00.1234567890Z", ABSENT),
                event("time", "\"2026-01-01t10:00:00z\"", "2026-01-01t10:00:00z", ABSENT),
                event("time", "\"2016-12-31T23:59:60Z\"", "2016-12-31T23:59:60Z", ABSENT),
                event("time", "\"1990-12-31T15:59:60-08:00\"", "1990-12-31T15:59:60-08:00", ABSENT),
                event("time", "\"0000-02-29T00:00:00.0-00:00\"", "0000-02-29T00:00:00.0-00:00", ABSENT),
                event("time", "\"2026-01-01T10:00:00+23:59\"", "2026-01-01T10:00:00+23:59", ABSENT),
                event("specversion", "\"0.3\"", "0.3", ABSENT),
                event("source", "\"urn:ü?a#b\"", "urn:%C3%BC?a#b", ABSENT),
                event("subject", "\"Zürich 😀 %zz\"", "Z%C3%BCrich%20%F0%9F%98%80%20%25zz", ABSENT),
                event("007", "\" x \"", "%20x%20", ABSENT),
                json(
                        "ext",
                        ABSENT,
                        "ext",
                        "2147483647",
                        "other",
                        "-2147483648",
                        "no",
                        "null",
                        "empty",
                        "\"\"",
                        "yes",
                        "true"),
                json("data", ABSENT, "data", "null", "data_base64", "\"AA==\""),
                json("data", ABSENT, "data", "1", "data_base64", "null"),
                json("data", ABSENT, "data_base64", "\"\""),
                json("data", ABSENT, "data", "\"\\uD800\""),
                json(
                        "data",
                        ABSENT,
                        "data",
                        "{\"a\":1,\"a\":1e400}",
                        "datacontenttype",
                        "\"APPLICATION/VND.x+JSON; a=b\""),
                json("data", ABSENT, "data", "\"x\"", "datacontenttype", "\"text/plain; charset=\\\"utf-8\\\"\""),
                json("data", ABSENT, "specversion", "\"0.3\"", "data", "\"AA==\"", "datacontentencoding", "\"base64\""),
                header("data", ABSENT, "datacontentencoding", "base64"));
    }

    static Stream<Arguments> rightsInEachForm() {
        return inEachForm(rights());
    }

    @ParameterizedTest
    @MethodSource("rightsInEachForm")
    void takesWhatTheSpecificationHas(Form form, Event event) {
        publish(form, event).then().statusCode(200);

        assertThat(publisher.published()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "subject", "ext"})
    void boundsTheAttributesOfAnEventInEachForm(String attribute) {
        var event = event(attribute, "\"" + "x".repeat(32_001) + "\"", "x".repeat(32_001), ABSENT);

        for (var form : Form.values()) {
            publish(form, event).then().statusCode(431).body("code", equalTo("properties-too-large"));
        }
        assertThat(publisher.published()).isEmpty();
    }

    @Test
    void refusesABodyThatRocketMqReadsAsEmpty() {
        headers(Map.of())
                .body(new byte[] {0})
                .post(MESSAGES)
                .then()
                .statusCode(400)
                .body("detail", containsString("zero byte"));
        headers(Map.of()).post(MESSAGES).then().statusCode(200);

        assertThat(publisher.published()).singleElement().satisfies(message -> assertThat(message.body())
                .containsExactly(0));
    }

    @Test
    void storesTheOtherEventsOfABatch() {
        var good = structured(Map.of());
        var bad = structured(Map.of("ext", "2147483648"));

        given().urlEncodingEnabled(false)
                .contentType(CloudEventJson.EVENTS)
                .body(("[" + String.join(",", good, bad, good) + "]").getBytes(UTF_8))
                .post(MESSAGES + ":batch")
                .then()
                .statusCode(207)
                .body("results.status", equalTo(List.of(200, 400, 200)));
    }

    private static Response publish(Form form, Event event) {
        return switch (form) {
            case BINARY ->
                headers(event.headers().orElseThrow()).body("x".getBytes(UTF_8)).post(MESSAGES);
            case STRUCTURED ->
                given().contentType(CloudEventJson.EVENT)
                        .body(structured(event.members()).getBytes(UTF_8))
                        .post(MESSAGES);
            case BATCH ->
                given().urlEncodingEnabled(false)
                        .contentType(CloudEventJson.EVENTS)
                        .body(("[" + structured(event.members()) + "]").getBytes(UTF_8))
                        .post(MESSAGES + ":batch");
        };
    }

    private static Map<String, String> attributes() {
        return map("specversion", "1.0", "id", "1", "source", "/orders", "type", "order.created");
    }

    private static RequestSpecification headers(Map<String, String> more) {
        var attributes = attributes();
        attributes.putAll(more);
        attributes.values().removeIf(String::isEmpty);
        var request = given().contentType("application/octet-stream");
        attributes.forEach((name, value) -> request.header("ce-" + name, value));
        return request;
    }

    private static String structured(Map<String, String> more) {
        var members = new LinkedHashMap<String, String>();
        attributes().forEach((name, value) -> members.put(name, "\"" + value + "\""));
        members.putAll(more);
        members.values().removeIf(String::isEmpty);
        return members.entrySet().stream()
                .map(member -> "\"%s\":%s".formatted(member.getKey(), member.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
