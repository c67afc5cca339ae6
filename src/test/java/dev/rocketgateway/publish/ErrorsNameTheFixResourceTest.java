package dev.rocketgateway.publish;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.rocketgateway.testing.RawConnection;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An error of an attribute says what to write in its place. */
@ResourceLock("quarkus")
@QuarkusTest
class ErrorsNameTheFixResourceTest {

    @TestHTTPResource
    URI server;

    private final FakePublisher publisher;

    ErrorsNameTheFixResourceTest(FakePublisher publisher) {
        this.publisher = publisher;
    }

    @BeforeEach
    void behaveWell() {
        publisher.behave(FakePublisher::stored);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "properties.a=b|properties.a|did you mean `property.a`?",
                "Property.a=b|Property.a|did you mean `property.a`?",
                "propertie.tenant.id=b|propertie.tenant.id|did you mean `property.tenant.id`?",
                "x=1|x|use one of delay, delayLevel, deliverAt, key, messageGroup, mode, property.<name>, tag, timeout",
                "x.a=1|x.a|property.<name>",
                "deliverAt=2026-12-24T18:00:00+01:00|deliverAt|In a query, '+' means a space; write '+' as %2B",
                "deliverAt=2026-12-24T18:00:00.5+0100|deliverAt|write '+' as %2B",
                "deliverAt=tomorrow|deliverAt|write RFC 3339",
                "timeout=5|timeout|has no unit; write 5s for seconds, or 5ms for milliseconds",
                "delay=10|delay|has no unit; write 10s",
            })
    void namesWhatToWriteInTheQuery(String query, String field, String fix) {
        given().urlEncodingEnabled(false)
                .body("x".getBytes(UTF_8))
                .post("/topics/demo/messages?" + query)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo(field))
                .body("errors[0].message", containsString(fix));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RocketMQ-Tag: grün        |RocketMQ-Tag     |write gr%C3%BCn",
                "RocketMQ-Tag: %41ü        |RocketMQ-Tag     |write %41%C3%BC",
                "RocketMQ-Keys: a,grün     |RocketMQ-Keys    |write gr%C3%BCn",
                "RocketMQ-Property: a=ü    |RocketMQ-Property|write %C3%BC",
                "RocketMQ-Message-Group: ü |RocketMQ-Message-Group|write %C3%BC",
                "Idempotency-Key: ü        |Idempotency-Key  |write %C3%BC",
                "RocketMQ-Tag: %FF         |RocketMQ-Tag     |are not UTF-8; for example, ü is %C3%BC in UTF-8",
                "RocketMQ-Color: a         |RocketMQ-Color   |use one of RocketMQ-Tag, RocketMQ-Keys",
            })
    void namesWhatToWriteInAHeader(String header, String field, String fix) throws Exception {
        try (var connection = new RawConnection(server)) {
            var answer = connection.exchange(
                    "POST /topics/demo/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n%s\r\n\r\nx"
                            .formatted(header.strip())
                            .getBytes(ISO_8859_1));
            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
            var error = new JsonObject(answer.body()).getJsonArray("errors").getJsonObject(0);
            assertThat(error.getString("field")).isEqualTo(field.strip());
            assertThat(error.getString("message"))
                    .contains(fix)
                    .doesNotContain("percent-encoded bytes are not UTF-8, ü");
        }
    }

    /** The bytes are those the percent-encoding would stand for. */
    @Test
    void takesAHeaderInUtf8() throws Exception {
        try (var connection = new RawConnection(server)) {
            var answer = connection.exchange(
                    "POST /topics/demo/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nRocketMQ-Tag: grün\r\n\r\nx"
                            .getBytes(UTF_8));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(publisher
                            .published()
                            .get(publisher.published().size() - 1)
                            .tag())
                    .contains("grün");
        }
    }
}
