package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A body whose chunks are malformed is not stored, and what follows it on the connection is no request (RFC 9112, section 7.1). */
class ChunkedBodyIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private static final String HEAD =
            "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n%sTransfer-Encoding: chunked\r\n\r\n";
    private static final String LINES = "application/x-ndjson";
    private static final String JSON = "application/json";
    private static final String NEXT =
            "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnext";

    private static final List<String> ACTIONS = List.of("messages", "messages:batch");

    private static final String MALFORMED = "5 5|hello|0||";
    private static final String FAULT = "A chunk extension must be";

    private static GatewayProcess gateway;
    private static String unwritten;
    private static String unread;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER).start();
        unwritten = BROKER.newTopic();
        unread = BROKER.newTopic();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @MethodSource("dev.rocketgateway.testing.ChunkedBodies#malformed")
    void storesNothingAndSaysWhy(String chunks, String fault) {
        for (var action : ACTIONS) {
            var answer = exchange(path(unwritten, action), LINES, chunks, unread);

            assertRefused(answer, "malformed-body", fault);
        }
        assertNothingStored();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5;a=%s", "%sx", "0000%s", "0|x: %s"})
    void refusesLinesThatAreTooLong(String line) {
        var answer = exchange(path(unwritten, "messages"), LINES, line.formatted("0".repeat(200_000)), unread);

        assertRefused(answer, "malformed-body", "");
        assertNothingStored();
    }

    /** Who does not read the body answers as ever; nobody answers what follows. */
    @ParameterizedTest
    @CsvSource({
        "POST, /topics/TOPIC/messages:batch, application/json, 400",
        "POST, /topics/TOPIC/messages:batch, application/cloudevents-batch+json, 400",
        "POST, /topics/TOPIC/messages%3Abatch, application/x-ndjson, 400",
        "POST, /topics/TOPIC/%6Dessages, text/plain, 400",
        "POST, /subscriptions, application/json, 400",
        "PUT, /subscriptions/a, application/json, 400",
        "PATCH, /subscriptions/a, application/merge-patch+json, 4..",
        "POST, /subscriptions/a:test, application/json, 4..",
        "POST, /topics/TOPIC/messages?mode=none, text/plain, 400",
        "POST, /q/openapi, text/plain, 405",
        "POST, /nothing, text/plain, 404",
        "GET, /q/openapi, text/plain, 200",
    })
    void answersOncePerPath(String method, String path, String contentType, String status) {
        var request = head(path.replace("TOPIC", unwritten), contentType, "").replaceFirst("POST", method);

        var answers = RawHttp.exchange(gateway.root(), request + crlf(MALFORMED) + NEXT.formatted(unread));

        assertThat(answers.split("HTTP/1.1 ", -1)).as(answers).hasSize(2);
        assertThat(answers).containsPattern("^HTTP/1.1 " + status);
        assertNothingStored();
    }

    /** The REST layer reads large bodies in another way than small ones. */
    @ParameterizedTest
    @CsvSource({
        "POST, /topics/TOPIC/messages:batch",
        "POST, /subscriptions",
        "PUT, /subscriptions/a",
    })
    void tellsEveryReaderOfABody(String method, String path) {
        for (var before : List.of("", "4000|%s|".formatted(" ".repeat(0x4000)))) {
            var request = head(path.replace("TOPIC", unwritten), JSON, "").replaceFirst("POST", method);

            var answer =
                    RawHttp.exchange(gateway.root(), request + crlf(before) + crlf(MALFORMED) + NEXT.formatted(unread));

            assertRefused(answer, "malformed-body", FAULT);
        }
    }

    @Test
    void answersInTurn() {
        var topic = BROKER.newTopic();
        var first = NEXT.formatted(topic).replace("Connection: close\r\n", "");

        var answers = RawHttp.exchange(
                gateway.root(),
                first + head(path(unwritten, "messages"), LINES, "") + crlf(MALFORMED) + NEXT.formatted(unread));

        assertThat(answers).startsWith("HTTP/1.1 200 ");
        assertRefused(answers.substring(answers.indexOf("HTTP/1.1 4")), "invalid-request", "body: " + FAULT);
        assertThat(BROKER.storedByNow(topic)).hasSize(1);
        assertNothingStored();
    }

    /** The caller waits for the interim response, so that head and body come apart. */
    @ParameterizedTest
    @MethodSource("dev.rocketgateway.testing.ChunkedBodies#malformed")
    void refusesWhatComesBehindItsHead(String chunks, String fault) {
        var answer = RawHttp.exchange(
                gateway.root(),
                head(path(unwritten, "messages"), LINES, "Expect: 100-continue\r\n"),
                "100 Continue\r\n\r\n",
                crlf(chunks) + NEXT.formatted(unread));

        assertRefused(answer.substring(answer.indexOf("HTTP/1.1 4")), "malformed-body", fault);
    }

    /** The upgrade would make a stream of it that ends where the fault is. */
    @ParameterizedTest
    @MethodSource("dev.rocketgateway.testing.ChunkedBodies#malformed")
    void storesNothingOfARequestThatIsUpgraded(String chunks, String fault) {
        var upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";

        var answer = RawHttp.exchange(
                gateway.root(),
                head(path(unwritten, "messages"), LINES, upgrade) + crlf(chunks) + NEXT.formatted(unread));

        assertThat(answer).as(fault).doesNotContain("HTTP/1.1 2");
        assertNothingStored();
    }

    /** Java's client asks for the upgrade by itself, with the first request of a connection. */
    @Test
    void storesTheBodyOfARequestThatIsUpgraded() throws Exception {
        var topic = BROKER.newTopic();
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        var request = HttpRequest.newBuilder(gateway.root().resolve(path(topic, "messages")))
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[50_000])))
                .build();

        for (int i = 0; i < 2; i++) {
            var answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
        assertThat(BROKER.storedByNow(topic)).hasSize(2).allSatisfy(stored -> assertThat(stored.body())
                .hasSize(50_000));
    }

    @Test
    void logsNoStackTraces() {
        exchange(path(unwritten, "messages"), LINES, MALFORMED, unread);
        exchange("/subscriptions", JSON, MALFORMED, unread);

        assertThat(gateway.log()).doesNotContain("\tat ", " ERROR ");
    }

    @ParameterizedTest
    @FieldSource("dev.rocketgateway.testing.ChunkedBodies#WELL_FORMED")
    void storesTheBodyAndServesTheNextRequest(String chunks) {
        for (var action : ACTIONS) {
            var topic = BROKER.newTopic();
            var next = BROKER.newTopic();

            var answers = exchange(path(topic, action), LINES, chunks, next);

            assertThat(answers.split("HTTP/1.1 200", -1)).as(answers).hasSize(3);
            assertThat(BROKER.storedByNow(topic)).as(action).singleElement().satisfies(stored -> {
                assertThat(new String(stored.body(), UTF_8)).isEqualTo("hello");
                assertThat(stored.properties()).doesNotContainKey("TAGS");
            });
            assertThat(BROKER.storedByNow(next)).as(action).hasSize(1);
        }
    }

    private static String exchange(String path, String contentType, String chunks, String next) {
        return RawHttp.exchange(gateway.root(), head(path, contentType, "") + crlf(chunks) + NEXT.formatted(next));
    }

    private static String head(String path, String contentType, String headers) {
        return HEAD.formatted(path, contentType, headers);
    }

    private static String path(String topic, String action) {
        return "/topics/%s/%s".formatted(topic, action);
    }

    private static String crlf(String lines) {
        return lines.replace("|", "\r\n");
    }

    private static void assertNothingStored() {
        assertThat(BROKER.storedByNow(unwritten)).extracting(Stored::id).isEmpty();
        // The broker lists the messages of all topics in one order, so what holds for one topic holds for this one too.
        assertThat(BROKER.stored(unread)).extracting(Stored::id).isEmpty();
    }

    private static void assertRefused(String answer, String code, String fault) {
        assertThat(answer.split("HTTP/1.1 ", -1)).as(answer).hasSize(2);
        assertThat(answer).startsWith("HTTP/1.1 400 ").containsIgnoringCase("\r\nConnection: close\r\n");
        var problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n")));
        assertThat(problem.getString("code")).isEqualTo(code);
        assertThat(problem.getString("detail")).startsWith(fault);
    }
}
