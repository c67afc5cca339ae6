package dev.rocketgateway.publish;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.rocketgateway.testing.RawConnection;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A response names every fault of its request, so that the caller can fix all of them at once. */
@ResourceLock("quarkus")
@QuarkusTest
class AllFaultsResourceTest {

    @TestHTTPResource
    URI server;

    private final FakePublisher publisher;

    AllFaultsResourceTest(FakePublisher publisher) {
        this.publisher = publisher;
    }

    @BeforeEach
    void behaveWell() {
        publisher.behave(FakePublisher::stored);
    }

    @Test
    void namesEveryFaultOfAnEventInJson() {
        given().contentType("application/cloudevents+json")
                .body("{\"specversion\":\"1.0\",\"id\":1,\"source\":\"a b\",\"Type\":\"c\"}")
                .post("/topics/demo/messages")
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("id", "source", "Type", "type"));
    }

    @Test
    void namesEveryFaultOfAnEventInHeaders() {
        given().header("ce-specversion", "1.0")
                .header("ce-id", "%FF")
                .header("ce-source", "a b")
                .header("ce-data", "x")
                .body("x".getBytes(UTF_8))
                .post("/topics/demo/messages")
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("ce-id", "ce-source", "ce-data", "ce-type"));
    }

    @ParameterizedTest
    @CsvSource({
        "/topics/demo/messages, application/json",
        "/topics/demo/messages:batch, application/json",
        "/topics/demo/messages:batch, application/x-ndjson",
        "/topics/demo/messages:batch, application/cloudevents-batch+json",
    })
    void namesTheModeAmongTheOthers(String path, String contentType) {
        given().contentType(contentType)
                .header("RocketMQ-Tags", "a")
                .body("{}".getBytes(UTF_8))
                .post(path + "?mode=foo&tga=x&timeout=1h")
                .then()
                .statusCode(400)
                .body("code", equalTo("unknown-mode"))
                .body("errors.field", containsInAnyOrder("mode", "tga", "timeout", "RocketMQ-Tags"));
    }

    @Test
    void namesWhatIsWrongWithTheTopicAndTheEventAmongTheOthers() {
        given().urlEncodingEnabled(false)
                .header("ce-specversion", "2.0")
                .body("x".getBytes(UTF_8))
                .post("/topics/a.b/messages?tga=x")
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body(
                        "errors.field",
                        containsInAnyOrder("topic", "tga", "ce-specversion", "ce-id", "ce-source", "ce-type"));
    }

    @Test
    void namesEveryFaultOfPathQueryAndRepeatedHeaders() throws Exception {
        try (var connection = new RawConnection(server)) {
            var answer = connection.exchange(
                    "POST /topics/demo;a=b/messages?tag&=x&key HTTP/1.1\r\nHost: a\r\nX-Request-Id: 1\r\nX-Request-Id: 2\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(UTF_8));
            assertThat(fields(answer)).containsExactly("path", "tag", "query", "key", "X-Request-Id");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /topics/demo/messages?tag=日本 HTTP/1.1~Host: a | tag   | write tag=%E6%97%A5%E6%9C%AC",
                "POST /topics/demo/messages?a=b&k{=1 HTTP/1.1~Host: a | query | k%7B",
                "POST /topics/größe/messages HTTP/1.1~Host: a         | path  | /topics/gr%C3%B6%C3%9Fe/messages",
                "POST /topics/demo/messages?tag=5% HTTP/1.1~Host: a   | tag   | write '%' as %25",
                "POST /topics/a%zz/messages HTTP/1.1~Host: a          | path  | write '%' as %25",
                "POST //a HTTP/1.1~Host: a                            | path  | must begin with one '/'",
                "POST a HTTP/1.1~Host: a                              | path  | must be a path",
                "POST / HTTP/1.1                                      | Host  | must be a single header",
                "POST / HTTP/1.1~Host: a b                            | Host  | must be a host name",
                "POST / HTTP/1.1~Host: a~Transfer-Encoding: gzip      | Transfer-Encoding | must be exactly",
                "POST / HTTP/1.1~Host: a~Content-Length: 01           | Content-Length | must be a single header",
                "POST / HTTP/1.1~Host: a~Content-Length: 1~Transfer-Encoding: chunked | Transfer-Encoding | cannot be combined with",
                "POST / HTTP/1.1~Host: a~Content-Length: x            | request | is not valid HTTP",
                "POST / HTTP/1.1~Host: a~b                            | request | is not valid HTTP",
                "POST / x~Host: a                                     | request | is not valid HTTP",
                "POST /                                               | request | is not valid HTTP",
                "hello                                                | request | is not valid HTTP",
            })
    void namesTheFieldOfARequestThatIsAmbiguous(String head, String field, String message) throws Exception {
        try (var connection = new RawConnection(server)) {
            var answer = connection.exchange((head.strip().replace("~", "\r\n") + "\r\n\r\n").getBytes(UTF_8));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(fields(answer)).containsExactly(field);
            assertThat(new JsonObject(answer.body())
                            .getJsonArray("errors")
                            .getJsonObject(0)
                            .getString("message"))
                    .contains(message);
        }
    }

    /** The decoder makes up a path for what it cannot read. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello                                                     | /",
                "POST / x~Host: a                                          | /",
                "POST /a?b=ü HTTP/1.1~Host: a                              | /a",
                "POST /a?b=1 HTTP/1.1~Host: a~Transfer-Encoding: gzip      | /a",
            })
    void namesThePathThatWasAskedFor(String head, String instance) throws Exception {
        try (var connection = new RawConnection(server)) {
            var answer = connection.exchange((head.strip().replace("~", "\r\n") + "\r\n\r\n").getBytes(UTF_8));
            assertThat(new JsonObject(answer.body()).getString("instance")).isEqualTo(instance);
        }
    }

    private static Iterable<String> fields(RawConnection.Answer answer) {
        return new JsonObject(answer.body())
                .getJsonArray("errors").stream()
                        .map(error -> ((JsonObject) error).getString("field"))
                        .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/cloudevents-batch+json|[]|400",
                "application/json|{\"messages\":[]}|400",
                "application/json|{\"messages\":[1]}|400",
                "application/cloudevents-batch+json|[1]|400",
            })
    void namesTheFieldOfABatchWithoutMessages(String contentType, String body, int status) {
        var answer = given().contentType(contentType)
                .body(body.getBytes(UTF_8))
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(status);
        var errors = body.contains("1") ? "results[0].errors.field" : "errors.field";
        answer.body(errors, hasItem(body.contains("messages") && !body.contains("1") ? "messages" : "body"));
    }

    @Test
    void namesTheBodyOfABatchThatIsNotAnEvent() {
        given().headers(Map.of("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/", "ce-type", "a"))
                .body(new byte[] {0})
                .post("/topics/demo/messages")
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("body"));
    }
}
