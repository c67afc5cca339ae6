package dev.rocketgateway.subscription.api;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.rocketgateway.testing.RawConnection;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks for what there is not is told what there is, at every resource. */
@ResourceLock("quarkus")
@QuarkusTest
@TestProfile(SubscriptionsResourceTest.WithStore.class)
class HelpfulRefusalsResourceTest {

    @TestHTTPResource
    URI server;

    private static final String NAME = "helpful";
    private static final String DOCUMENT =
            "{\"name\":\"helpful\",\"source\":{\"topic\":\"demo\"},\"endpoint\":{\"url\":\"http://192.0.2.1/\"}}";

    @BeforeEach
    void subscribe() {
        given().contentType("application/json")
                .body(DOCUMENT)
                .post("/subscriptions")
                .then()
                .statusCode(201);
    }

    @AfterEach
    void unsubscribe() {
        given().delete("/subscriptions/" + NAME);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  |/subscriptions                     |POST /subscriptions accepts application/json.",
                "PUT   |/subscriptions/helpful             |PUT /subscriptions/helpful accepts application/json.",
                "PATCH |/subscriptions/helpful             |accepts application/merge-patch+json or application/json.",
                "POST  |/subscriptions/helpful:seek        |accepts application/json.",
                "POST  |/subscriptions/helpful:test        |accepts application/json.",
                "POST  |/subscriptions/helpful/dlq:redrive |accepts application/json.",
                "POST  |/topics/demo/messages:batch        |accepts application/json or application/x-ndjson or application/cloudevents-batch+json.",
            })
    void namesTheMediaTypesItTakes(String method, String path, String taken) {
        given().urlEncodingEnabled(false)
                .contentType("application/x-www-form-urlencoded")
                .body("{}")
                .request(method, path)
                .then()
                .statusCode(415)
                .body("detail", containsString("Content-Type is 'application/x-www-form-urlencoded"))
                .body("detail", containsString(taken))
                .body("detail", containsString("-H 'Content-Type: "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  |/topics/demo                       |GET      |Use POST on /topics/demo/messages, /topics/demo/messages:batch.",
                "GET   |/subscriptions/helpful:pause       |POST     |use POST",
                "PUT   |/subscriptions/helpful:resume      |POST     |use POST",
                "DELETE|/subscriptions/helpful:rotateSecret|POST     |use POST",
                "GET   |/subscriptions/helpful:seek        |POST     |use POST",
                "GET   |/subscriptions/helpful%3Atest      |POST     |use POST",
                "GET   |/subscriptions/helpful/dlq:redrive |POST     |use POST",
                "GET   |/topics/demo/messages:batch        |POST     |use POST",
                "POST  |/topics/demo/messages/batch        |DELETE, GET |Did you mean /topics/demo/messages:batch?",
                "POST  |/topics/demo/messages/Batch        |DELETE, GET |Did you mean /topics/demo/messages:batch?",
                "POST  |/topics/demo/messages/7F0000012B6A |DELETE, GET |use DELETE or GET.",
                "POST  |/topics                            |GET      |use GET",
            })
    void namesTheMethodsAPathHas(String method, String path, String allow, String detail) {
        given().urlEncodingEnabled(false)
                .request(method, path)
                .then()
                .statusCode(405)
                .header("Allow", containsString(allow))
                .body("detail", containsString(detail));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST|/subscriptions/helpful:rotatesecret |Did you mean /subscriptions/helpful:rotateSecret?",
                "POST|/subscriptions/helpful:puase        |Did you mean /subscriptions/helpful:pause?",
                "GET |/subscriptions/helpful:Resume       |Did you mean /subscriptions/helpful:resume?",
                "POST|/subscriptions/helpful:explode      |Available: /subscriptions/helpful:pause, /subscriptions/helpful:resume",
                "POST|/subscriptions/helpful/dlq:redive   |Did you mean /subscriptions/helpful/dlq:redrive?",
                "POST|/topics/demo/messages:bach          |Did you mean /topics/demo/messages:batch?",
                "POST|/topics/demo/message                |Did you mean /topics/demo/messages?",
                "POST|/topic/demo/messages                |Did you mean /topics/demo/messages?",
                "GET |/subscription                       |Did you mean /subscriptions?",
                "GET |/subscriptions/helpful/attempt      |Did you mean /subscriptions/helpful/attempts?",
                "POST|/messages/batch                     |Did you mean /topics/{topic}/messages:batch?",
                "POST|/messages                           |Did you mean /topics/{topic}/messages?",
                "POST|/subscriptions/helpful/pause        |Did you mean /subscriptions/helpful:pause?",
                "POST|/subscriptions/helpful/test         |Did you mean /subscriptions/helpful:test?",
                "POST|/subscriptions/helpful/rotatesecret |Did you mean /subscriptions/helpful:rotateSecret?",
                "POST|/subscriptions/helpful/dlq/redrive  |Did you mean /subscriptions/helpful/dlq:redrive?",
                "POST|/pause                              |Did you mean /subscriptions/{name}:pause?",
                "GET |/topic                              |Did you mean /topics?",
                "GET |/problem                            |Did you mean /problems?",
                "GET |/health                             |Health and metrics are on the management port",
                "GET |/healthz                            |Health and metrics are on the management port",
                "GET |/health/ready                       |Health and metrics are on the management port",
                "GET |/ready                              |Health and metrics are on the management port",
                "GET |/actuator/health                    |Health and metrics are on the management port",
                "GET |/q/healt                            |Health and metrics are on the management port",
                "GET |/metrics                            |Health and metrics are on the management port",
                "GET |/q/health                           |Health and metrics are on the management port",
                "GET |/q/health/live                      |Health and metrics are on the management port",
                "POST|/q/metrics                          |Health and metrics are on the management port",
                "GET |/actuator/prometheus/metrics        |Health and metrics are on the management port",
                "GET |/openapi                            |Did you mean /q/openapi?",
                "GET |/swagger-ui                         |Did you mean /q/swagger-ui/?",
            })
    void namesTheNearestPath(String method, String path, String detail) {
        given().urlEncodingEnabled(false)
                .request(method, path)
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"))
                .body("detail", containsString(detail));
    }

    @Test
    void suggestsNoPathWhenNoneIsSimilar() {
        given().get("/favicon.ico").then().statusCode(404).body("detail", not(containsString("Did you mean")));
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/topics/demo/messages?tags=a,tags,tag",
        "POST,/topics/demo/messages?deliverat=1s,deliverat,deliverAt",
        "POST,/topics/demo/messages:batch?Mode=sync,Mode,mode",
        "GET,/subscriptions?topics=a,topics,topic",
        "GET,/subscriptions?States=ACTIVE,States,state",
        "GET,/subscriptions/helpful/attempts?messageid=a,messageid,messageId",
        "DELETE,/subscriptions/helpful?deletegroup=true,deletegroup,deleteGroup",
    })
    void namesTheNearestParameter(String method, String path, String given, String meant) {
        given().urlEncodingEnabled(false)
                .contentType("application/json")
                .body("{}".getBytes(UTF_8))
                .request(method, path)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo(given))
                .body("errors[0].message", containsString("did you mean `%s`?".formatted(meant)));
    }

    @Test
    void listsTheParametersWhenNoneIsSimilar() {
        given().get("/subscriptions/helpful/attempts?color=red")
                .then()
                .statusCode(400)
                .body("errors[0].message", containsString("use one of after, limit, messageId, outcome"));
    }

    @Test
    void namesTheNearestHeaderAndField() {
        given().header("RocketMQ-Tags", "a")
                .body("x".getBytes(UTF_8))
                .post("/topics/demo/messages")
                .then()
                .body("errors[0].message", containsString("did you mean `RocketMQ-Tag`?"));
        given().contentType("application/json")
                .body(DOCUMENT.replace("\"url\"", "\"uri\""))
                .post("/subscriptions")
                .then()
                .statusCode(400)
                .body("errors.find { it.field == 'endpoint.uri' }.message", containsString("did you mean `url`?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1,2", "\"1\",2", "W/1", "\"1", "1\""})
    void wantsTheQuotationMarksOfEntityTags(String tag) {
        given().header("If-Match", tag)
                .contentType("application/json")
                .body(DOCUMENT)
                .put("/subscriptions/" + NAME)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("If-Match"))
                .body("errors[0].message", containsString("quotation marks"));
        given().header("If-None-Match", tag)
                .get("/subscriptions/" + NAME)
                .then()
                .statusCode(400);
        given().header("If-Match", tag).delete("/subscriptions/" + NAME).then().statusCode(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fail", "SUCCESS", "3xx", "50", "5000", "dns,tls"})
    void namesTheOutcomesThereAre(String outcome) {
        given().get("/subscriptions/helpful/attempts?outcome=" + outcome)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("outcome"))
                .body("errors[0].message", containsString("success, failure, a status such as 500, or one of 1xx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"success", "failure", "500", "404", "5xx", "timeout"})
    void takesTheOutcomesThereAre(String outcome) {
        given().get("/subscriptions/helpful/attempts?outcome=" + outcome)
                .then()
                .statusCode(200)
                .body("next", nullValue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET   |/subscriptions/helpful/attempts?outcome=bad&limit=x&foo=1&after=y|outcome, limit, foo, after",
                "GET   |/subscriptions?state=x&limit=0&foo=1&topic=a&topic=b              |state, limit, foo, topic",
                "GET   |/subscriptions/helpful/dlq?after=x&limit=101&body=yes&foo=1       |after, limit, body, foo",
                "DELETE|/subscriptions/helpful?deleteGroup=yes&foo=1                      |deleteGroup, foo",
            })
    void namesEveryFaultOfAQuery(String method, String path, String fields) {
        given().urlEncodingEnabled(false)
                .request(method, path)
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder(fields.split(", ")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  |/topics//messages           |write '/topics/{topic}/messages'",
                "POST  |/topics//messages:batch     |write '/topics/{topic}/messages:batch'",
                "GET   |/subscriptions//attempts    |write '/subscriptions/{name}/attempts'",
                "POST  |/topics/demo//messages      |write '/topics/demo/messages'",
                "POST  |/topics//                   |write '/topics/'",
                "GET   |/a//b                       |write '/a/b'",
            })
    void namesThePathWithTheNameThatIsMissing(String method, String path, String detail) throws Exception {
        try (var connection = new RawConnection(server)) {
            var answer = connection.exchange("%s %s HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
                    .formatted(method, path.strip())
                    .getBytes(UTF_8));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains(detail);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST  |/topics/demo/messages      |Accept is 'text/html'; POST /topics/demo/messages answers with application/json.",
                "GET   |/subscriptions             |GET /subscriptions answers with application/json.",
                "GET   |/subscriptions/helpful/dlq |GET /subscriptions/helpful/dlq answers with application/json.",
            })
    void namesTheMediaTypesItAnswersWith(String method, String path, String detail) {
        given().header("Accept", "text/html")
                .body("x".getBytes(UTF_8))
                .request(method, path)
                .then()
                .statusCode(406)
                .body("detail", containsString(detail));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/jsonl                     |application/x-ndjson",
                "application/x-jsonlines               |application/x-ndjson",
                "application/ndjson                    |application/x-ndjson",
                "application/ndjson; charset=utf-8     |application/x-ndjson",
                "application/x-ldjson                  |application/x-ndjson",
                "text/x-ndjson                         |application/x-ndjson",
                "text/plain                            |application/x-ndjson",
                "application/cloudevents+json          |application/cloudevents-batch+json",
                "application/cloud-events-batch+json   |application/cloudevents-batch+json",
            })
    void namesTheMediaTypeThatIsMeant(String given, String meant) {
        given().urlEncodingEnabled(false)
                .contentType(given)
                .body("{}".getBytes(UTF_8))
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(415)
                .body("detail", containsString("-H 'Content-Type: %s'".formatted(meant)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topic       |did you mean `source.topic`?",
                "url         |did you mean `endpoint.url`?",
                "uri         |did you mean `endpoint.url`?",
                "maxAttempts |did you mean `retry.maxAttempts`?",
                "filter      |did you mean `source.filter`?",
                "timeout     |did you mean `endpoint.timeout`?",
                "type        |did you mean `endpoint.auth.type`, `endpoint.signing.type` or `source.filter.type`?",
                "color       |use one of batch, circuitBreaker, deadLetter, delivery, description, endpoint, payload",
            })
    void namesTheNearestFieldAtAnotherLevel(String field, String message) {
        given().contentType("application/json")
                .body("{\"%s\":\"x\",%s".formatted(field, DOCUMENT.substring(1)))
                .put("/subscriptions/" + NAME)
                .then()
                .statusCode(400)
                .body("errors.find { it.field == '%s' }.message".formatted(field), containsString(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "endpoint|timeout |10|has no unit; write 10s for seconds, or 10ms for milliseconds",
                "endpoint|timout  |10|did you mean `timeout`?",
                "endpoint|topic   |a |did you mean `source.topic`?",
            })
    void namesTheUnitAndTheFieldBelow(String group, String field, String value, String message) {
        given().contentType("application/json")
                .body("{\"source\":{\"topic\":\"demo\"},\"%s\":{\"url\":\"http://192.0.2.1/\",\"%s\":\"%s\"}}"
                        .formatted(group, field.strip(), value.strip()))
                .put("/subscriptions/" + NAME)
                .then()
                .statusCode(400)
                .body(
                        "errors.find { it.field == '%s.%s' }.message".formatted(group, field.strip()),
                        containsString(message));
    }
}
