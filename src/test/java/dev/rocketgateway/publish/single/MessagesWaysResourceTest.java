package dev.rocketgateway.publish.single;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.PendingReply;
import dev.rocketgateway.publish.ReplyMessage;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendReceipt;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Header;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is answered alike by the short way and by the REST layer, which gets it because of its list of media types. */
@ResourceLock("quarkus")
@QuarkusTest
class MessagesWaysResourceTest {

    private static final String SHORT = "application/json";
    private static final String REST = "application/json, text/plain;q=0.5";

    private final FakePublisher publisher;

    @TestHTTPResource("topics/demo/messages")
    URI messages;

    MessagesWaysResourceTest(FakePublisher publisher) {
        this.publisher = publisher;
    }

    private record Seen(int status, List<String> headers, String body) {}

    @BeforeEach
    void behaveWell() {
        publisher.behave(FakePublisher::stored);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo/messages",
                "demo/messages?mode=sync&tag=a&key=k&property.a=b",
                "demo/messages?mode=async",
                "demo/messages?mode=oneway",
                "demo/messages?mode=never",
                "demo/messages?mode=sync&mode=async",
                "demo/messages?tagg=a",
                "demo/messages?delayLevel=99",
                "no=topic/messages",
                "RMQ_SYS_TRANS_HALF_TOPIC/messages",
            })
    void answersAlikeWhatItTakesAndWhatItRefuses(String path) {
        assertAlike(path, "a body");
    }

    /** No filter behind the first lets these through to either. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo;tag=x/messages",
                "demo/messages;tag=x",
                "demo/messages??tag=x",
                "demo/messages?tag",
                "demo/messages?tag=a&key",
                "demo/messages?=x",
                "demo/messages?tag=%FF",
                "demo/messages?tag=a&tag=b",
                "demo/messages?mode=sync&mode=async",
                "demo/messages?timeout=1s&timeout=2s",
            })
    void refusesAlikeAnOddQueryOrPath(String path) {
        var published = publisher.published().size();
        for (var accept : List.of(SHORT, REST)) {
            var answer = send(path, "a body", accept);

            assertThat(answer.statusCode()).as(path).isEqualTo(400);
            assertThat(answer.jsonPath().getString("code")).isIn("invalid-request", "unknown-mode");
        }
        assertThat(publisher.published()).hasSize(published);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain, text/html",
                "Idempotency-Key: a, b",
                "X-Request-Id: a, b",
                "RocketMQ-Tag: a, b",
                "RocketMQ-Message-Group: a, b",
                "RocketMQ-Delay: 1s, 2s",
                "RocketMQ-Deliver-At: 2100000000000, 2100000000001",
                "RocketMQ-Delay-Level: 1, 2",
                "RocketMQ-Timeout: 1s, 2s",
                "ce-id: a, b",
            })
    void refusesAlikeASingleValueThatDiffers(String lines) throws Exception {
        var header = lines.split(": ");
        for (var accept : List.of(SHORT, REST)) {
            var answer = sendLines(accept, header[0], header[1].split(", "));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("invalid-request", "is given more than once");
        }
    }

    @Test
    void joinsAlikeTheLinesOfAList() throws Exception {
        for (var accept : List.of(SHORT, REST)) {
            assertThat(sendLines(accept, "Content-Encoding", "gzip", "br").statusCode())
                    .isEqualTo(200);

            assertThat(publisher
                            .published()
                            .get(publisher.published().size() - 1)
                            .properties())
                    .containsEntry("contentEncoding", "gzip, br");
        }
        // Only the second line takes what there is.
        assertThat(sendLines("image/png", "Accept", "application/json").statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> sendLines(String accept, String name, String... values) throws Exception {
        var request = HttpRequest.newBuilder(messages).header("Accept", accept);
        for (var value : values) {
            request.header(name, value);
        }
        return HttpClient.newHttpClient()
                .send(request.POST(BodyPublishers.ofString("a body")).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "text/plain; charset=utf-8", "text/plain;charset", "text", "a/b/c", "*/*", "A/B"})
    void answersAlikeABodyOfAnyType(String contentType) throws Exception {
        assertThat(statusOf(contentType, SHORT)).isEqualTo(statusOf(contentType, REST));
    }

    /** Not with REST-assured, which has its own idea of what a media type is. */
    private int statusOf(String contentType, String accept) throws Exception {
        var request = HttpRequest.newBuilder(messages)
                .header("Content-Type", contentType)
                .header("Accept", accept)
                .POST(BodyPublishers.ofString("a body"));
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.discarding())
                .statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async", "oneway"})
    void answersAlikeWhatFails(String mode) {
        publisher.behave(message -> CompletableFuture.failedStage(
                new SendFailedException(Reason.UNAVAILABLE, 14, true, new IllegalStateException("10.1.2.3"))));
        assertAlike("demo/messages?mode=" + mode, "a body");

        var late = new CompletableFuture<SendReceipt>();
        publisher.behave(message -> late);
        assertAlike("demo/messages?timeout=20ms&mode=" + mode, "a body");
        late.completeExceptionally(new SendFailedException(Reason.TIMEOUT));

        publisher.behave(message -> {
            throw new IllegalStateException("bug at 10.1.2.3");
        });
        assertAlike("demo/messages?mode=" + mode, "a body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode=sync", "mode=async", "mode=oneway", "mode=request"})
    void answersAlikeARequestWithoutABody(String query) {
        assertAlike("demo/messages?" + query, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain;charset=ISO-8859-1", "no media type", ""})
    void answersAlikeWithAReply(String contentType) {
        publisher.reply(message -> new PendingReply(
                FakePublisher.stored(message),
                CompletableFuture.completedFuture(new ReplyMessage(
                        "pöng".getBytes(StandardCharsets.UTF_8),
                        Optional.of("täg"),
                        List.of("a,b", "c"),
                        Map.of("Content-Type", contentType, "Content-Encoding", "gzip?", "a", "1", "b=", "ü"))),
                () -> {}));

        assertThat(assertAlike("demo/messages?mode=request", "a body").headers())
                .contains("rocketmq-property: a=1", "rocketmq-property: b%3D=%C3%BC", "rocketmq-keys: a%2Cb,c");
    }

    private static Seen assertAlike(String path, String body) {
        var byRoute = send(path, body, SHORT);
        var byRest = send(path, body, REST);
        assertThat(byRoute.header(RestLayerMark.HEADER)).isNull();
        assertThat(byRest.header(RestLayerMark.HEADER)).isEqualTo("yes");
        assertThat(seen(byRoute)).isEqualTo(seen(byRest));
        return seen(byRoute);
    }

    private static Response send(String path, String body, String accept) {
        var request = given().urlEncodingEnabled(false).header("Accept", accept);
        return (body.isEmpty() ? request : request.body(body)).post("/topics/" + path);
    }

    private static Seen seen(Response answer) {
        return new Seen(
                answer.statusCode(),
                answer.headers().asList().stream()
                        .flatMap(MessagesWaysResourceTest::line)
                        .sorted()
                        .toList(),
                answer.asString().replaceAll("\"requestId\":\"[0-9a-f]{32}\"", ""));
    }

    private static Stream<String> line(Header header) {
        var name = header.getName().toLowerCase(Locale.ROOT);
        return Set.of("x-request-id", "x-rest-layer").contains(name)
                ? Stream.empty()
                : Stream.of(name + ": " + header.getValue());
    }
}
