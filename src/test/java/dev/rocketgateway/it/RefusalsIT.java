package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way a request is refused while everything is well. */
class RefusalsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static GatewayProcess gateway;
    private static String topic;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.publish.max-message-size", "100K")
                .with("gateway.publish.body-timeout", "500ms")
                .start();
        topic = BROKER.newTopic();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async", "oneway"})
    void refusesATopicWithoutARoute(String mode) {
        var answer = gateway.publish("no-such-topic-" + mode, "mode=" + mode, "x");

        assertProblem(answer, 404, "topic-not-found", false);
        assertThat(answer.body()).contains("'no-such-topic-" + mode + "' has no route");
        assertThat(answer.headers().firstValue("RocketMQ-Message-Id")).isPresent();
    }

    /** The client itself would look for the topic three times, and create it where the broker lets it. */
    @Test
    void leavesAMissingTopicMissing() {
        gateway.publish("still-missing", "", "x");

        assertThat(BROKER.admin("topicList")).doesNotContain("still-missing");
    }

    @Test
    void findsATopicSoonAfterItWasMade() {
        var late = "t-late-" + System.nanoTime();
        assertProblem(gateway.publish(late, "", "x"), 404, "topic-not-found", false);

        BROKER.witness().createTopic(late, 4);

        await().until(() -> gateway.publish(late, "", "x").statusCode() == 200);
    }

    @Test
    void refusesAnUnknownModeAndNamesThose() {
        var answer = gateway.publish(topic, "mode=fast", "x");

        assertProblem(answer, 400, "unknown-mode", false);
        assertThat(answer.body()).contains("mode: is 'fast'; it must be sync, async, oneway or request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async", "oneway"})
    void refusesAnEmptyBody(String mode) {
        assertProblem(gateway.publish(topic, "mode=" + mode, ""), 400, "empty-body", false);
    }

    @Test
    void refusesAnEmptyBodyOfUnknownLength() {
        var answer =
                gateway.publish(topic, "", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[0])));

        assertProblem(answer, 400, "empty-body", false);
    }

    @Test
    void refusesABodyThatAnnouncesTooMuchWithoutReadingIt() {
        var answer = RawHttp.exchange(
                gateway.root(),
                "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n".formatted(topic));

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("\"code\":\"message-too-large\"", "102400 bytes");
    }

    @Test
    void refusesALargeBodyThatIsSentWhole() {
        var answer = gateway.publish(topic, "", BodyPublishers.ofByteArray(new byte[8 * 1024 * 1024]));

        assertProblem(answer, 413, "message-too-large", false);
    }

    @Test
    void refusesABodyOfUnknownLengthAtTheByteThatIsTooMany() {
        var answer = gateway.publish(
                topic, "", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[102_401])));

        assertProblem(answer, 413, "message-too-large", false);
        var largest = gateway.publish(
                topic, "", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[102_400])));
        assertThat(largest.statusCode()).isEqualTo(200);
    }

    @Test
    void refusesABodyThatDoesNotArrive() {
        var answer = RawHttp.exchange(
                gateway.root(),
                "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf".formatted(topic));

        assertThat(answer).startsWith("HTTP/1.1 408 ").contains("\"code\":\"request-timeout\"", "within 500ms;");
    }

    @Test
    void asksForABodyThatWaitsToBeAskedFor() {
        var answer = RawHttp.exchange(
                gateway.root(),
                ("POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
                                + "Connection: close\r\n\r\n")
                        .formatted(topic),
                "HTTP/1.1 100 Continue",
                "hello");

        assertThat(answer).contains("HTTP/1.1 200 OK");
    }

    @ParameterizedTest
    @CsvSource({
        "property.UNIQ_KEY=x, property.UNIQ_KEY",
        "property.TAGS=x, property.TAGS",
        "property.=x, property.",
        "property.a=, property.a",
        "property.a=x%01y, property.a",
        "tag=a%7C%7Cb, tag",
        "tag=%20a, tag",
        "key=a%20b, key",
        "timeout=soon, timeout",
        "timeout=1h, timeout",
        "delays=5s, delays",
        "tga=x, tga",
    })
    void refusesAnAttributeAndNamesIt(String query, String field) {
        var answer = gateway.publish(topic, query, "x");

        assertProblem(answer, 400, "invalid-request", false);
        var error = new JsonObject(answer.body()).getJsonArray("errors").getJsonObject(0);
        assertThat(error.getString("field")).isEqualTo(field);
        assertThat(error.getString("message")).isNotBlank();
    }

    @Test
    void refusesAQueryThatIsNotUtf8() {
        assertProblem(rawQuery("tag=%FF"), 400, "invalid-request", false);
        assertThat(rawQuery("tag=%EF%BF%BD").statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> rawQuery(String query) {
        return gateway.publish(topic, query, "x");
    }

    /** The server itself refuses these, before anything that could write a problem document. */
    @Test
    void refusesAMalformedRequestTarget() {
        var answer = RawHttp.exchange(
                gateway.root(),
                "POST /topics/x/messages?tag=%zz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");

        assertThat(answer).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void refusesMorePropertiesThanAMessageCanCarry() {
        var answer = gateway.publish(topic, "", "x", "RocketMQ-Property", "big=" + "v".repeat(32_100));

        assertProblem(answer, 431, "properties-too-large", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad.topic", "bad%20topic", "b%C3%A4d"})
    void refusesABadTopicName(String name) {
        var answer = gateway.publish(name, "", "x");

        assertProblem(answer, 400, "invalid-request", false);
        assertThat(answer.body()).contains("\"field\":\"topic\"");
    }

    @Test
    void refusesATopicNameThatIsTooLong() {
        assertProblem(gateway.publish("t".repeat(128), "", "x"), 400, "invalid-request", false);
        assertProblem(gateway.publish("t".repeat(127), "", "x"), 404, "topic-not-found", false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%25RETRY%25group", "%25DLQ%25group", "TBW102", "rmq_sys_wheel_timer", "SCHEDULE_TOPIC_XXXX"})
    void refusesTopicsOfRocketMqItself(String name) {
        assertProblem(gateway.publish(name, "", "x"), 403, "topic-reserved", false);
    }

    @Test
    void refusesAWrongMethodAndSaysWhichAreRight() {
        var answer = gateway.get("/topics/%s/messages:batch".formatted(topic));

        assertProblem(answer, 405, "method-not-allowed", false);
        assertThat(answer.headers().firstValue("allow"))
                .hasValueSatisfying(allow -> assertThat(allow).contains("POST"));
    }

    @Test
    void refusesAnAnswerInAMediaTypeItDoesNotHave() {
        var answer = gateway.publish(topic, "", "x", "Accept", "image/png");

        assertProblem(answer, 406, "not-acceptable", false);
    }

    @Test
    void refusesAMalformedContentType() {
        var answer = gateway.publish(topic, "", "x", "Content-Type", "not a media type");

        assertProblem(answer, 415, "unsupported-media-type", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/nothing", "/topic", "/topics/x/y", "/q/nothing", "/dev/inbox", "/problems/none"})
    void refusesAnUnknownPath(String path) {
        assertProblem(gateway.get(path), 404, "not-found", false);
    }

    @Test
    void givesTheRequestIdBack() {
        var known = gateway.get("/nothing", "X-Request-Id", "abc-123");
        var traced = gateway.get("/nothing", "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        var evil = gateway.get("/nothing", "X-Request-Id", "a\tb<script>");

        assertThat(requestId(known)).isEqualTo("abc-123");
        assertThat(requestId(traced)).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(requestId(evil)).matches("[0-9a-f]{32}");
    }

    @Test
    void keepsTheConnectionUsableAfterARefusal() {
        var request = "POST /topics/%s/messages?mode=fast HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                .formatted(topic);
        var good = "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
                .formatted(topic);

        var answers = RawHttp.exchange(gateway.root(), request + good);

        assertThat(answers).contains("HTTP/1.1 400 ", "HTTP/1.1 200 ");
    }

    @Test
    void explainsEveryCodeOnAPage() {
        var list = new JsonObject(gateway.get("/problems").body()).getJsonArray("items");

        assertThat(list.size()).isGreaterThan(15);
        for (int i = 0; i < list.size(); i++) {
            var entry = list.getJsonObject(i);
            var page = gateway.get(entry.getString("type"));
            assertThat(new JsonObject(page.body())).isEqualTo(entry);
            var html = gateway.get(entry.getString("type"), "Accept", "text/html");
            assertThat(html.body()).startsWith("<!DOCTYPE html>").contains(entry.getString("code"));
        }
    }

    private static String requestId(HttpResponse<String> answer) {
        var inBody = new JsonObject(answer.body()).getString("requestId");
        assertThat(answer.headers().firstValue("X-Request-Id")).hasValue(inBody);
        return inBody;
    }

    static void assertProblem(HttpResponse<String> answer, int status, String code, boolean retryable) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        var problem = new JsonObject(answer.body());
        assertThat(problem.getString("type")).isEqualTo("/problems/" + code);
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getBoolean("retryable")).isEqualTo(retryable);
        assertThat(problem.getString("title")).isNotBlank();
        assertThat(problem.getString("detail")).isNotBlank();
        assertThat(problem.getString("instance")).isEqualTo(answer.uri().getRawPath());
        assertThat(answer.headers().firstValue("X-Request-Id")).hasValue(problem.getString("requestId"));
        assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 429 || status == 503);
        assertThat(answer.body())
                .doesNotContain("org.apache", "dev.rocketgateway", "Exception", "127.0.0.1", "io.quarkus");
    }
}
