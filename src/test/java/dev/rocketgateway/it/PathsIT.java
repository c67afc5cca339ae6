package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.RawHttp2;
import dev.rocketgateway.testing.RawHttp2.Field;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A path that a proxy could take for another one is not served, by the short way of messages, by the REST layer, or by the platform. */
class PathsIT {

    private static final TestBroker BROKER = TestBroker.shared();

    /** With the second one a request takes the way of the REST layer. */
    private static final List<String> ACCEPTED = List.of("*/*", "application/json, */*;q=0.1");

    private static GatewayProcess gateway;
    private static String topic;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.shared();
        topic = BROKER.newTopic();
    }

    @ParameterizedTest
    @CsvSource({
        "/topics/x/../TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics/x/../TOPIC/messages:batch, write '/topics/TOPIC/messages:batch'",
        "/topics/x/../TOPIC/messages%3Abatch, write '/topics/TOPIC/messages%3Abatch'",
        "/topics/./TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics/TOPIC/./messages, write '/topics/TOPIC/messages'",
        "/topics/TOPIC/messages/., write '/topics/TOPIC/messages/'",
        "/topics/TOPIC/messages/x/.., write '/topics/TOPIC/messages/'",
        "/./topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/../topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/x/../topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/x/%2e%2e/topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics/x/%2E%2e/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics/x/.%2e/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics/%2E/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/q/../topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/q/health/%2e%2e/%2e%2e/topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "http://x/x/../topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics//TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics/TOPIC//messages, write '/topics/TOPIC/messages'",
        "/topics///TOPIC/messages, write '/topics/TOPIC/messages'",
        "/topics/TOPIC/messages//, write '/topics/TOPIC/messages/'",
        "http://x//topics/TOPIC/messages, write '/topics/TOPIC/messages'",
        "//topics/TOPIC/messages, path: must begin with one '/'",
        "/topics/x/..;/TOPIC/messages, has a parameter after ';'",
        "/topics/x/%2e%2e;a/TOPIC/messages, has a parameter after ';'",
    })
    void refusesAPathThatIsNotNormalized(String path, String fix) {
        assertRefused(path, 400, "invalid-request", fix.replace("TOPIC", topic));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/topics/TOPIC/messages/", "/topics/TOPIC/messages:batch/", "/topics/TOPIC/messages%3Abatch/"})
    void servesNothingAtAPathThatEndsWithASlash(String path) {
        var meant = path.replace("TOPIC", topic).replace("%3A", ":").replaceFirst("/$", "");

        assertRefused(path, 404, "not-found", "Did you mean %s?".formatted(meant));
    }

    @ParameterizedTest
    @CsvSource({
        "/q/../q/openapi, 400",
        "/q/./openapi, 400",
        "/q//openapi, 400",
        "/q/%2e/openapi, 400",
        "/x/../q/openapi, 400",
        "/q/x/%2E%2E/openapi, 400",
        "/q/swagger-ui/../openapi, 400",
        "/q/swagger-ui//index.html, 400",
        "/q/swagger-ui/%2e%2e/openapi, 400",
        "/subscriptions/x/../y, 400",
        "/subscriptions//x, 400",
        "/problems/./not-found, 400",
        "/./, 400",
        "/q/health, 404",
        "/q/health/, 404",
        "/q/health/live, 404",
        "/q/metrics, 404",
        "/q/metrics/, 404",
        "/q/openapi/, 404",
        "/subscriptions/, 404",
        "/problems/, 404",
        "/q/openapi, 200",
        "/q/swagger-ui/, 200",
        "/q/swagger-ui/index.html, 200",
        "/problems/not-found, 200",
    })
    void readsNothingByAnotherPath(String path, String status) {
        var answer = RawHttp.exchange(
                gateway.root(), "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".formatted(path));

        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(RawHttp2.exchange(gateway.root(), fields("GET", path, "*/*"), "", List.of()))
                .isEqualTo(status);
    }

    /** The other ways to write a segment are no other path. */
    @ParameterizedTest
    @ValueSource(strings = {"/topics/TOPIC/messages", "/topics/%TOPIC/messages"})
    void servesASegmentThatIsEncoded(String path) {
        var own = BROKER.newTopic();
        var encoded = "%%%02x%s".formatted((int) own.charAt(0), own.substring(1));

        for (var accept : ACCEPTED) {
            var answer = publish(path.replace("%TOPIC", encoded).replace("TOPIC", own), accept);
            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
        assertThat(BROKER.storedByNow(own)).hasSize(2);
    }

    /** Names of topics have no dots and slashes; that is what the answer says, and nothing of the path. */
    @ParameterizedTest
    @ValueSource(strings = {"a%2Eb", "a.b", "...", "a%2Fb", "%2Fa", "..%2Fa", "a..", "..%3Ba"})
    void saysWhatIsWrongWithTheTopic(String name) {
        for (var accept : ACCEPTED) {
            assertThat(publish("/topics/%s/messages".formatted(name), accept))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("is not a valid topic name; use letters");
        }
    }

    private static void assertRefused(String path, int status, String code, String detail) {
        var target = path.replace("TOPIC", topic);
        for (var accept : ACCEPTED) {
            var answer = publish(target, accept);

            assertThat(answer).startsWith("HTTP/1.1 %d ".formatted(status));
            var problem = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n")));
            assertThat(problem.getString("code")).isEqualTo(code);
            assertThat(problem.getString("detail")).contains(detail);
            if (target.startsWith("/")) {
                var fields = fields("POST", target, accept);
                var expected = String.valueOf(status);
                assertThat(RawHttp2.exchange(gateway.root(), fields, "hello", List.of()))
                        .isEqualTo(expected);
                assertThat(RawHttp2.exchangeUpgraded(gateway.root(), fields, "hello", List.of()))
                        .isEqualTo(expected);
            }
        }
        assertThat(BROKER.storedByNow(topic)).extracting(Stored::id).isEmpty();
    }

    private static String publish(String target, String accept) {
        return RawHttp.exchange(
                gateway.root(),
                "POST %s HTTP/1.1\r\nHost: x\r\nAccept: %s\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: 5\r\n\r\nhello"
                        .formatted(target, accept, contentType(target)));
    }

    private static List<Field> fields(String method, String path, String accept) {
        return List.of(
                new Field(":method", method),
                new Field(":scheme", "http"),
                new Field(":path", path),
                new Field(":authority", "x"),
                new Field("accept", accept),
                new Field("content-type", contentType(path)));
    }

    private static String contentType(String path) {
        return path.contains("batch") ? "application/x-ndjson" : "text/plain";
    }
}
