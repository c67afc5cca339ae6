package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request whose end, host or target is ambiguous is refused, and what follows on its connection is no request. */
class FramingIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Pattern STATUS = Pattern.compile("HTTP/\\d\\.\\d (\\d{3}) ");

    /** What may follow the head; the receiver cannot know which of them is a body. */
    private static final List<String> BODIES = List.of("", "hello", "5\r\nhello\r\n0\r\n\r\n");

    private static final List<String> PATHS = List.of(
            "/topics/TOPIC/messages",
            "/topics/TOPIC/messages:batch",
            "/topics/TOPIC/messages%3Abatch",
            "/subscriptions",
            "/q/health",
            "/q/openapi",
            "/q/swagger-ui",
            "/nothing",
            "/%zz");

    /** Each is what follows the target, and {@code |} ends a line. */
    static final List<String> FORMS = List.of(
            "HTTP/1.1|Host: x|Transfer-Encoding: gzip",
            "HTTP/1.1|Host: x|Transfer-Encoding: identity",
            "HTTP/1.1|Host: x|Transfer-Encoding: xchunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked;q=1",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked;",
            "HTTP/1.1|Host: x|Transfer-Encoding: \"chunked\"",
            "HTTP/1.1|Host: x|Transfer-Encoding:",
            "HTTP/1.1|Host: x|Transfer-Encoding: ,chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked,",
            "HTTP/1.1|Host: x|Transfer-Encoding: gzip, chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked, gzip",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked, chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked, identity",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked|Transfer-Encoding: chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked|Transfer-Encoding: identity",
            "HTTP/1.1|Host: x|Transfer-Encoding: identity|Transfer-Encoding: chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: gzip|Content-Length: 5",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 5",
            "HTTP/1.1|Host: x|Content-Length: 5|Transfer-Encoding: chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding : chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding:\u000bchunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked\u000b",
            "HTTP/1.1|Host: x|Transfer-Encoding: \u0000chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding:| chunked",
            "HTTP/1.1|Host: x|Transfer-Encoding: chunked| , identity",
            "HTTP/1.1| Transfer-Encoding: chunked|Host: x",
            "HTTP/1.1|Host: x|Content-Length: 5|Content-Length: 6",
            "HTTP/1.1|Host: x|Content-Length: 5|Content-Length: 5",
            "HTTP/1.1|Host: x|Content-Length: 5,5",
            "HTTP/1.1|Host: x|Content-Length: 5, 6",
            "HTTP/1.1|Host: x|Content-Length: +5",
            "HTTP/1.1|Host: x|Content-Length: -5",
            "HTTP/1.1|Host: x|Content-Length: 5 5",
            "HTTP/1.1|Host: x|Content-Length: 0x5",
            "HTTP/1.1|Host: x|Content-Length: 5;",
            "HTTP/1.1|Host: x|Content-Length: 99999999999999999999",
            "HTTP/1.1|Host: x|Content-Length:",
            "HTTP/1.1|Host: x|Content-Length:| 5",
            "HTTP/1.1|Host: x|Content-Length : 5",
            "HTTP/1.1|Host: x|X: a\rb|Content-Length: 5",
            "HTTP/1.1|Host: x|X: a\nContent-Length: 5",
            "HTTP/1.1|Host: x\nContent-Length: 5",
            "HTTP/1.1|Host: x|X: a\r\rContent-Length: 5",
            "HTTP/1.1|Host: x|no colon|Content-Length: 5",
            "HTTP/1.1|Host: x|: empty|Content-Length: 5",
            "HTTP/1.1|Host: x|Host: y|Content-Length: 5",
            "HTTP/1.1|Host: x|Host: x|Content-Length: 5",
            "HTTP/1.1|Content-Length: 5",
            "HTTP/1.1|Host:|Content-Length: 5",
            "HTTP/1.1|Host: x y|Content-Length: 5",
            "HTTP/1.1|Host: x, y|Content-Length: 5",
            "HTTP/1.1|Host: a@x|Content-Length: 5",
            "HTTP/1.1|Host: x/y|Content-Length: 5",
            "HTTP/1.1|Host: x:port|Content-Length: 5",
            "HTTP/1.1|Host: x:1:2|Content-Length: 5",
            "HTTP/1.1|Host: x:99999|Content-Length: 5",
            "HTTP/1.1|Host: [::1|Content-Length: 5",
            "HTTP/1.1|Host: x| y|Content-Length: 5",
            "HTTP/1.1|Host: x|Sec-WebSocket-Key1: a|Sec-WebSocket-Key2: b|Content-Length: 5",
            "HTTP/1.0|Connection: keep-alive|Transfer-Encoding: chunked",
            "HTTP/1.0|Connection: keep-alive|Transfer-Encoding: gzip",
            "HTTP/1.0|Connection: keep-alive|Transfer-Encoding: chunked|Content-Length: 5",
            "HTTP/1.0|Connection: keep-alive|Content-Length: 5|Content-Length: 6",
            "HTTP/1.0|Connection: keep-alive|Content-Length: 5,5",
            "HTTP/1.0|Connection: keep-alive|Host: x|Host: y|Content-Length: 5",
            "HTTP/1.2|Host: x|Transfer-Encoding: chunked",
            "HTTP/2.0|Host: x|Content-Length: 5",
            "HTTP/0.9|Host: x|Content-Length: 5",
            "HTTP|Host: x|Content-Length: 5",
            "HTTP/1.1 |Host: x|Content-Length: 5");

    /** Each is what no request to the host {@code x} can have as its target. */
    static final List<String> TARGETS = List.of(
            "http://y/topics/TOPIC/messages",
            "http://x:81/topics/TOPIC/messages",
            "http://a@x/topics/TOPIC/messages",
            "http:///topics/TOPIC/messages",
            "ftp://x/topics/TOPIC/messages",
            "//x/topics/TOPIC/messages",
            "x:80",
            "topics/TOPIC/messages",
            "*",
            "?tag=a",
            "/topics/TOPIC/messages#a",
            "/topics/TOPIC/messages?tag=a#b",
            "/topics/TOPIC/messages?tag=%",
            "/topics/TOPIC/messages?tag=%4",
            "/topics/TOPIC/messages?tag=%zz",
            "/topics/%zz/messages",
            "/topics/TOPIC/messages?tag=gr\u00c3\u00bcn",
            "/topics/TOPIC/messages?tag=<a>",
            "/topics/TOPIC/messages?tag=\\",
            "/topics/TOPIC/messages?tag=a\tb",
            "/topics/TOPIC/messages?tag=a b",
            "/topics/TOPIC/messages?tag=a\u0000b",
            "/topics/[TOPIC]/messages");

    private static GatewayProcess gateway;
    private static String topic;
    private static String hidden;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.shared();
        topic = BROKER.newTopic();
        hidden = BROKER.newTopic();
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void refuses(String form) {
        for (var path : PATHS) {
            for (var body : BODIES) {
                assertRefused(path + " " + form, body);
            }
        }
        assertNothingStored();
    }

    @ParameterizedTest
    @FieldSource("TARGETS")
    void refusesTheTarget(String target) {
        assertRefused(target + " HTTP/1.1|Host: x|Content-Length: 5", "hello");
        assertRefused(target + " HTTP/1.1|Host: x|Transfer-Encoding: gzip", "");
        assertNothingStored();
    }

    private static void assertRefused(String start, String body) {
        var request = head("POST " + start) + body;

        var answers = RawHttp.exchange(gateway.root(), request + hidden());

        // Versions that are not known are answered by closing the connection.
        assertThat(STATUS.matcher(answers).results())
                .as(request + answers)
                .allMatch(status -> status.group(1).matches("400|501"))
                .hasSizeLessThan(2);
        // A caller that sends the same behind another request is refused in its turn.
        var other = "GET /problems/not-found HTTP/1.1\r\nHost: x\r\n\r\n";
        assertThat(STATUS.matcher(RawHttp.exchange(gateway.root(), other + request + hidden()))
                        .results())
                .as(request)
                .extracting(status -> status.group(1))
                .startsWith("200")
                .hasSizeLessThan(3);
    }

    private static void assertNothingStored() {
        assertThat(BROKER.storedByNow(topic)).extracting(Stored::id).isEmpty();
        assertThat(BROKER.storedByNow(hidden)).extracting(Stored::id).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "identity", "gzip, chunked", "chunked;q=1"})
    void tellsWhatIsWrong(String encoding) {
        var answer = RawHttp.exchange(
                gateway.root(),
                head("POST /topics/TOPIC/messages?mode=async HTTP/1.1|Host: x|X-Request-Id: my-id|Transfer-Encoding: "
                        + encoding));

        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("Connection: close")
                .containsIgnoringCase("Content-Type: application/problem+json")
                .containsIgnoringCase("X-Request-Id: my-id");
        var problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n")));
        assertThat(problem.getString("code")).isEqualTo("invalid-request");
        assertThat(problem.getString("detail"))
                .isEqualTo("Transfer-Encoding: must be exactly 'chunked', in a single header");
        assertThat(problem.getString("instance")).isEqualTo("/topics/%s/messages".formatted(topic));
        assertThat(problem.getString("requestId")).isEqualTo("my-id");
    }

    /** The caller sends on, and must get the answer all the same. */
    @Test
    void answersACallerThatIsStillSending() {
        var answer = RawHttp.exchange(
                gateway.root(),
                head("POST /topics/TOPIC/messages HTTP/1.1|Host: x|Transfer-Encoding: gzip") + "x".repeat(3_000_000));

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("invalid-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/topics/TOPIC/messages HTTP/1.1|Host: x|Content-Length: 5||hello",
                "/topics/TOPIC/messages HTTP/1.1|Host: x|Transfer-Encoding: chunked||5|hello|0||",
                "/topics/TOPIC/messages HTTP/1.1|HOST:x|TRANSFER-ENCODING:CHUNKED||5|hello|0||",
                "/topics/TOPIC/messages HTTP/1.1|Host: x|Transfer-Encoding: \t Chunked \t||5;a=b|hello|0|Content-Length: 5||",
                "/topics/TOPIC/messages HTTP/1.1|Host: [::1]:8080|Content-Length: 5||hello",
                "/topics/TOPIC/messages HTTP/1.1|Host: x:8080|Content-Length: 5||hello",
                "http://X:80/topics/TOPIC/messages HTTP/1.1|Host: x|Content-Length: 5||hello",
                "HTTP://[::1]:8080/topics/TOPIC/messages?tag=[a] HTTP/1.1|Host: [::1]:8080|Content-Length: 5||hello",
                "http://x/topics/TOPIC/messages HTTP/1.0|Connection: keep-alive|Content-Length: 5||hello",
                "/topics/TOPIC/messages HTTP/1.0|Connection: keep-alive|Content-Length: 5||hello",
                "/topics/TOPIC/messages?tag=%67r%C3%BCn!$'()*+,;:@/?-._~ HTTP/1.1|Host: x|Content-Length: 5||hello",
            })
    void servesWhatIsNotAmbiguousAndTheNextRequest(String request) {
        var own = BROKER.newTopic();
        var next = "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnext"
                .formatted(own);

        var answers = RawHttp.exchange(
                gateway.root(), "POST " + request.replace("TOPIC", own).replace("|", "\r\n") + next);

        assertThat(STATUS.matcher(answers).results())
                .as(answers)
                .extracting(status -> status.group(1))
                .containsExactly("200", "200");
        assertThat(BROKER.storedByNow(own))
                .extracting(stored -> new String(stored.body(), UTF_8))
                .containsExactlyInAnyOrder("hello", "next");
    }

    /** Java's client asks for the upgrade by itself, with the first request of a connection. */
    @Test
    void keepsEveryLineOfARequestThatAsksForHttp2() throws Exception {
        var own = BROKER.newTopic();
        var request = HttpRequest.newBuilder(gateway.root().resolve("/topics/" + own + "/messages"))
                .header("RocketMQ-Property", "a=1")
                .header("RocketMQ-Property", "b=2")
                .POST(BodyPublishers.ofString("hello"));

        var answer = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .build()
                .send(request.build(), BodyHandlers.ofString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(BROKER.storedByNow(own)).singleElement().satisfies(stored -> assertThat(stored.properties())
                .containsEntry("a", "1")
                .containsEntry("b", "2"));
    }

    private static String head(String lines) {
        return lines.replace("TOPIC", topic).replace("|", "\r\n") + "\r\n\r\n";
    }

    private static String hidden() {
        return "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nhidden".formatted(hidden);
    }
}
