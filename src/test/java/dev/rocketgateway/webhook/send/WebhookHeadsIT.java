package dev.rocketgateway.webhook.send;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static dev.rocketgateway.testing.HostileEndpoint.response;
import static dev.rocketgateway.testing.HostileEndpoint.stallingAfter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.TlsEndpoint;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookSender;
import dev.rocketgateway.webhook.WebhookTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of answers: interim ones, which the final one follows (RFC 9110, 15.2), and large ones. */
class WebhookHeadsIT {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final WebhookTls TRUSTING = new WebhookTls(
            Optional.of(TlsEndpoint.CERTIFICATE::authorityPem), Optional.empty(), Optional.empty(), false);

    private TestWebhooks webhooks = TestWebhooks.usual();

    @AfterEach
    void close() {
        webhooks.close();
    }

    private void settings(Map<String, String> settings) {
        webhooks.close();
        webhooks = TestWebhooks.with(settings);
    }

    /** One, several and many of them. */
    static Stream<List<Integer>> interim() {
        return Stream.of(
                List.of(100),
                List.of(102),
                List.of(103),
                List.of(104),
                List.of(150),
                List.of(199),
                List.of(100, 100),
                List.of(103, 102, 199),
                Collections.nCopies(500, 102));
    }

    private WebhookSender http1(HostileEndpoint endpoint, Duration timeout) {
        return webhooks.client.open(WebhookEndpoint.of(endpoint.url(), timeout));
    }

    private static WebhookOutcome send(WebhookSender sender, String body) {
        return sender.send(TestWebhooks.message(body)).toCompletableFuture().join();
    }

    @ParameterizedTest
    @MethodSource("interim")
    void goesByTheFinalStatusAndKeepsTheConnection(List<Integer> interim) {
        // With room for one connection only, the second webhook waits until the first has given it back.
        settings(Map.of("max-connections-per-host", "1"));
        var before = interim.stream()
                .map(status -> response(status, "", "Link", "</a>; rel=preload", "Content-Length", "5"))
                .collect(Collectors.joining());
        try (var endpoint = HostileEndpoint.behaving(answering(request ->
                        before + response(request.text().equals("second") ? 503 : 202, "done", "Retry-After", "7")));
                var sender = http1(endpoint, LONG)) {
            assertThat(send(sender, "first"))
                    .isEqualTo(new Answered(202, Optional.of(Duration.ofSeconds(7)), "done".getBytes()));
            assertThat(send(sender, "second"))
                    .isEqualTo(new Answered(503, Optional.of(Duration.ofSeconds(7)), "done".getBytes()));
            assertThat(endpoint.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 199})
    void waitsForTheFinalStatusUntilTheDeadline(int interim) {
        try (var endpoint = HostileEndpoint.behaving(stallingAfter(response(interim, "")));
                var sender = http1(endpoint, SHORT)) {
            assertFailed(send(sender, "m"), Failure.TIMEOUT);
        }
    }

    @Test
    void speaksNoOtherProtocolThanHttp() {
        var switching = response(101, "", "Upgrade", "websocket", "Connection", "Upgrade") + response(200, "");
        try (var endpoint = HostileEndpoint.behaving(answering(request -> switching));
                var sender = http1(endpoint, LONG)) {
            assertFailed(send(sender, "m"), Failure.PROTOCOL);
        }
    }

    @ParameterizedTest
    @MethodSource("interim")
    void goesByTheFinalStatusOfHttp2(List<Integer> interim) {
        try (var endpoint = TlsEndpoint.behaving((here, request) -> {
                    interim.forEach(status -> interim(request, status));
                    request.received()
                            .response()
                            .setStatusCode(request.body().equals("second") ? 503 : 202)
                            .end("done");
                });
                var sender = http2(endpoint, LONG)) {
            assertAnswered(send(sender, "first"), 202, "done");
            assertAnswered(send(sender, "second"), 503, "done");
            assertThat(endpoint.connections()).hasSize(1);
        }
    }

    @Test
    void waitsForTheFinalStatusOfHttp2UntilTheDeadline() {
        try (var endpoint = TlsEndpoint.behaving((here, request) -> interim(request, 102));
                var sender = http2(endpoint, SHORT)) {
            assertFailed(send(sender, "m"), Failure.TIMEOUT);
        }
    }

    @Test
    void speaksNoOtherProtocolThanHttp2() {
        try (var endpoint = TlsEndpoint.behaving((here, request) -> interim(request, 101));
                var sender = http2(endpoint, LONG)) {
            assertFailed(send(sender, "m"), Failure.PROTOCOL);
        }
    }

    private static void interim(TlsEndpoint.Request request, int status) {
        var context = context(request);
        var http2 = (Http2ConnectionHandler) context.handler();
        http2.encoder()
                .writeHeaders(
                        context,
                        request.received().streamId(),
                        new DefaultHttp2Headers().status(String.valueOf(status)).add("link", "</a>"),
                        0,
                        false,
                        context.newPromise());
        context.flush();
    }

    private WebhookSender http2(TlsEndpoint endpoint, Duration timeout) {
        return webhooks.client.open(new WebhookEndpoint(
                endpoint.url(),
                WebhookEndpoint.Method.POST,
                true,
                Map.of(),
                Duration.ofSeconds(5),
                timeout,
                TRUSTING,
                new WebhookAuth.None(),
                List.of()));
    }

    /** Browsers allow some hundred kilobytes; usual servers and proxies send up to 32. */
    @ParameterizedTest
    @ValueSource(ints = {8_000, 9_000, 32_000, 60_000})
    void takesLargeHeads(int size) {
        var cookies = Stream.generate(() -> "a=" + "x".repeat(980))
                .limit(size / 1000)
                .flatMap(cookie -> Stream.of("Set-Cookie", cookie))
                .toArray(String[]::new);
        try (var endpoint = HostileEndpoint.behaving(answering(request -> response(200, "done", cookies)));
                var sender = http1(endpoint, LONG)) {
            assertAnswered(send(sender, "m"), 200, "done");
        }
        try (var endpoint =
                        HostileEndpoint.behaving(answering(request -> response(200, "done", "A", "x".repeat(size))));
                var sender = http1(endpoint, LONG)) {
            assertAnswered(send(sender, "m"), 200, "done");
        }
        try (var endpoint = HostileEndpoint.behaving(
                        answering(request -> response(200, "done").replace("200 X", "200 " + "x".repeat(size))));
                var sender = http1(endpoint, LONG)) {
            assertAnswered(send(sender, "m"), 200, "done");
        }
        try (var endpoint = TlsEndpoint.behaving((here, request) -> request.received()
                        .response()
                        .putHeader("a", "x".repeat(size))
                        .end("done"));
                var sender = http2(endpoint, LONG)) {
            assertAnswered(send(sender, "m"), 200, "done");
        }
    }

    @Test
    void namesTheSettingWhenTheHeadIsTooLarge() {
        settings(Map.of("max-response-head-size", "10K"));
        var attempts = new AtomicInteger();
        try (var endpoint = HostileEndpoint.behaving(answering(request -> {
                    attempts.incrementAndGet();
                    return response(200, "done", "A", "x".repeat(11_000));
                }));
                var sender = http1(endpoint, LONG)) {
            assertTooLarge(send(sender, "m"));
            assertThat(attempts).hasValue(1);
        }
        try (var endpoint = HostileEndpoint.behaving(
                        answering(request -> response(200, "").replace("200 X", "200 " + "x".repeat(11_000))));
                var sender = http1(endpoint, LONG)) {
            assertTooLarge(send(sender, "m"));
        }
        for (int size : new int[] {11_000, 50_000}) {
            try (var endpoint = TlsEndpoint.behaving((here, request) -> {
                        ignoreLimitOfHeads(request);
                        request.received()
                                .response()
                                .putHeader("a", "x".repeat(size))
                                .end("done");
                    });
                    var sender = http2(endpoint, LONG)) {
                assertTooLarge(send(sender, "m"));
            }
        }
    }

    private static void ignoreLimitOfHeads(TlsEndpoint.Request request) {
        try {
            ((Http2ConnectionHandler) context(request).handler())
                    .encoder()
                    .configuration()
                    .headersConfiguration()
                    .maxHeaderListSize(1_000_000);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static ChannelHandlerContext context(TlsEndpoint.Request request) {
        return ((ConnectionBase) request.connection()).channelHandlerContext();
    }

    private static void assertTooLarge(WebhookOutcome outcome) {
        assertFailed(outcome, Failure.PROTOCOL);
        assertThat(((Failed) outcome).detail()).contains("gateway.webhook.max-response-head-size");
    }

    private static void assertFailed(WebhookOutcome outcome, Failure failure) {
        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.failure())
                .as(failed.detail())
                .isEqualTo(failure));
    }

    private static void assertAnswered(WebhookOutcome outcome, int status, String body) {
        assertThat(outcome).isInstanceOfSatisfying(Answered.class, answered -> {
            assertThat(answered.status()).isEqualTo(status);
            assertThat(new String(answered.body())).isEqualTo(body);
        });
    }
}
