package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawConnection;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every response says that its type is not to be guessed, and none says what the gateway is made of. */
class ResponseHeadersIT {

    private static final Pattern BANNER =
            Pattern.compile("quarkus|vert\\.?x|netty|resteasy|jboss|smallrye", Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_SNIFFING = Pattern.compile("(?i)\r\nx-content-type-options: nosniff\r\n");

    private final GatewayProcess gateway = GatewayProcess.shared();

    /** Method, path, media type and body; {@code TOPIC} stands for a topic. */
    private static final List<List<String>> REQUESTS = List.of(
            List.of("POST", "/topics/TOPIC/messages", "text/plain", "a"),
            List.of("POST", "/topics/TOPIC/messages?mode=async", "text/plain", "a"),
            List.of("POST", "/topics/TOPIC/messages?mode=oneway", "text/plain", "a"),
            List.of("POST", "/topics/TOPIC/messages?mode=none", "text/plain", "a"),
            List.of("POST", "/topics/%54OPIC/messages", "text/plain", "a"),
            List.of("POST", "/topics/none-such/messages", "text/plain", "a"),
            List.of("POST", "/topics/TOPIC/messages:batch", "application/x-ndjson", "{\"body\":\"a\"}"),
            List.of("POST", "/topics/TOPIC/messages%3Abatch", "text/plain", "a"),
            List.of("POST", "/topics/TOPIC//messages", "text/plain", "a"),
            List.of("POST", "/subscriptions", "application/json", "{"),
            List.of("GET", "/topics/TOPIC", "text/plain", ""),
            List.of("GET", "/subscriptions", "text/plain", ""),
            List.of("GET", "/subscriptions/none", "text/plain", ""),
            List.of("GET", "/problems", "text/plain", ""),
            List.of("GET", "/nothing", "text/plain", ""),
            List.of("GET", "/q/openapi", "text/plain", ""),
            List.of("GET", "/q/swagger-ui/", "text/plain", ""),
            List.of("GET", "/q/swagger-ui", "text/plain", ""),
            List.of("GET", "/q/swagger-ui/none", "text/plain", ""),
            List.of("GET", "/q/health", "text/plain", ""),
            List.of("OPTIONS", "/topics/TOPIC/messages", "text/plain", ""),
            List.of("DELETE", "/topics/TOPIC/messages", "text/plain", ""),
            List.of("BREW", "/subscriptions", "text/plain", ""));

    static Stream<Arguments> requests() {
        return Stream.of(Version.HTTP_1_1, Version.HTTP_2)
                .flatMap(version -> REQUESTS.stream().map(request -> Arguments.of(version, request)));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void everyResponseForbidsGuessesAndHasNoBanner(Version version, List<String> request)
            throws IOException, InterruptedException {
        var topic = TestBroker.shared().newTopic();
        var client = HttpClient.newBuilder().version(version).build();

        // Not gateway.request, which knows where health is.
        var answer = client.send(
                HttpRequest.newBuilder(gateway.root().resolve(request.get(1).replace("TOPIC", topic)))
                        .header("Content-Type", request.get(2))
                        .method(request.get(0), BodyPublishers.ofString(request.get(3)))
                        .build(),
                BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.headers().map()).doesNotContainKeys("server", "x-powered-by", "via");
        assertThat(answer.headers().map().toString()).doesNotContainPattern(BANNER);
        // The text of the page, not the scripts that it loads.
        assertThat(answer.body().replaceAll("(?s)<script.*?</script>|<style.*?</style>", ""))
                .doesNotContainPattern(BANNER);
    }

    /** What the server itself answers, before any filter. {@code |} is a line end, and {@code LONG} a long text. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "nothing||",
                "GET||",
                "GET / HTTP/9.9|Host: x||",
                "GET / HTTP/1.0||",
                "GET / HTTP/1.1||",
                "GET / HTTP/1.1|Host: x|Host: y||",
                "GET / HTTP/1.1|Host: x|a b: c||",
                "GET http://x:y/ HTTP/1.1|Host: x||",
                "GET * HTTP/1.1|Host: x||",
                "CONNECT x:1 HTTP/1.1|Host: x||",
                "GET /LONG HTTP/1.1|Host: x||",
                "GET / HTTP/1.1|Host: x|A: LONG||",
                "GET /?LONG=a HTTP/1.1|Host: x||",
                "POST / HTTP/1.1|Host: x|Content-Length: a||",
                "POST / HTTP/1.1|Host: x|Content-Length: -1||",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked||z|",
                "POST /topics/x/messages HTTP/1.1|Host: x|Transfer-Encoding: chunked||z|",
                "POST / HTTP/1.1|Host: x|Expect: nothing|Content-Length: 1|Connection: close||a",
                "GET / HTTP/1.1|Host: x|Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: !||",
                "GET / HTTP/1.1|Host: x|Connection: close, Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13"
                        + "|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==||",
            })
    void soDoesEveryRefusalOfTheServerItself(String request) throws IOException {
        var bytes = request.replace("|", "\r\n").replace("LONG", "a".repeat(140_000));
        try (var connection = new RawConnection(gateway.root())) {
            var answer = connection.exchange(bytes.getBytes(StandardCharsets.ISO_8859_1));

            assertThat(answer.status()).isBetween(400, 599);
            assertThat(answer.headers())
                    .containsEntry("x-content-type-options", "nosniff")
                    .doesNotContainKeys("server", "x-powered-by", "via");
            assertThat(answer.toString()).doesNotContainPattern(BANNER);
        }
    }

    /** The interim response is no response to the request. */
    @Test
    void anInterimResponseHasNoHeaders() {
        var answer = RawHttp.exchange(
                gateway.root(),
                "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
                        .formatted(TestBroker.shared().newTopic()),
                "\r\n\r\n",
                "a");

        assertThat(answer)
                .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
                .contains("\r\nX-Content-Type-Options: nosniff\r\n");
    }
}
