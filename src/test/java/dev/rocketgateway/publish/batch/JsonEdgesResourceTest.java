package dev.rocketgateway.publish.batch;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.attributes.CloudEventJson;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid JSON beyond the limits is the fault of its message alone; bytes that are not UTF-8 are no JSON at all. */
@ResourceLock("quarkus")
@QuarkusTest
class JsonEdgesResourceTest {

    private static final String EVENT =
            "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":%s}";

    private final FakePublisher publisher;

    JsonEdgesResourceTest(FakePublisher publisher) {
        this.publisher = publisher;
    }

    @BeforeEach
    void behaveWell() {
        publisher.behave(FakePublisher::stored);
    }

    static Stream<String> beyond() {
        return Stream.of(
                "1".repeat(1001),
                "1." + "0".repeat(1001),
                "[".repeat(1001) + "]".repeat(1001),
                "{\"a\":".repeat(1001) + "1" + "}".repeat(1001),
                "{\"" + "n".repeat(50_001) + "\":1}");
    }

    @ParameterizedTest
    @MethodSource("beyond")
    void refusesAMessageAloneThatIsBeyondTheLimits(String json) {
        post(
                        "messages:batch",
                        "application/json",
                        "{\"messages\":[{\"body\":\"a\"},{\"json\":%s},{\"json\":%s},{\"body\":\"b\"}]}"
                                .formatted(json, json))
                .then()
                .statusCode(207)
                .body("results.status", contains(200, 400, 400, 200))
                .body("results[1].code", equalTo("invalid-request"))
                .body("results[1].detail", anyOf(containsString("can have"), containsString("levels")));
        assertThat(publisher.published()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("beyond")
    void refusesAnEventAloneThatIsBeyondTheLimits(String json) {
        var bad = EVENT.formatted(json);
        var good = EVENT.formatted("1");

        post("messages:batch", CloudEventJson.EVENTS, "[%s,%s,%s]".formatted(good, bad, good))
                .then()
                .statusCode(207)
                .body("results.status", contains(200, 400, 200));
        post("messages:batch", CloudEventJson.EVENTS, "[" + bad + "]").then().statusCode(400);
        post("messages", CloudEventJson.EVENT, bad).then().statusCode(400).body("code", equalTo("invalid-request"));
        assertThat(publisher.published()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00C0\u00AF", "\u00ED\u00A0\u0080", "\u00E2\u0082", "\u00FC"})
    void refusesWhatIsNotUtf8AndStoresNothingOfIt(String bytes) {
        post(
                        "messages:batch",
                        "application/json",
                        "{\"messages\":[{\"body\":\"a\"},{\"body\":\"%s\"}]}".formatted(bytes))
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed-body"))
                .body("detail", containsString("not UTF-8"));
        post("messages:batch", "application/json", "{\"messages\":[{\"json\":\"%s\"}]}".formatted(bytes))
                .then()
                .statusCode(400);
        var event = EVENT.formatted("\"" + bytes + "\"");
        post("messages:batch", CloudEventJson.EVENTS, "[" + event + "]").then().statusCode(400);
        post("messages", CloudEventJson.EVENT, event).then().statusCode(400).body("code", equalTo("malformed-body"));
        assertThat(publisher.published()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00C0\u00AF", "\u00FC"})
    void linesAndSingleMessagesAreBytes(String bytes) {
        post("messages:batch", BatchesResource.LINES, bytes + "\n").then().statusCode(200);
        post("messages", "application/json", bytes).then().statusCode(200);

        assertThat(publisher.published())
                .extracting(message -> new String(message.body(), ISO_8859_1))
                .containsExactly(bytes, bytes);
    }

    /** Each character of the body is a byte. */
    private static Response post(String path, String contentType, String body) {
        return given().urlEncodingEnabled(false)
                .contentType(contentType)
                .body(body.getBytes(ISO_8859_1))
                .post("/topics/demo/" + path);
    }
}
