package dev.rocketgateway.webhook.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.TlsEndpoint;
import dev.rocketgateway.testing.TlsEndpoint.Request;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookSender;
import dev.rocketgateway.webhook.WebhookTls;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookHttp2IT {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(2);
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

    private WebhookSender offeringHttp2(TlsEndpoint endpoint, Duration timeout) {
        return sender(endpoint, true, timeout);
    }

    private WebhookSender sender(TlsEndpoint endpoint, boolean http2, Duration timeout) {
        return webhooks.client.open(new WebhookEndpoint(
                endpoint.url(),
                WebhookEndpoint.Method.POST,
                http2,
                Map.of(),
                Duration.ofSeconds(5),
                timeout,
                TRUSTING,
                new WebhookAuth.None(),
                List.of()));
    }

    private static CompletableFuture<WebhookOutcome> send(WebhookSender sender, String body) {
        return sender.send(TestWebhooks.message(body)).toCompletableFuture();
    }

    private static List<CompletableFuture<WebhookOutcome>> sendMany(WebhookSender sender, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> send(sender, "m" + number))
                .toList();
    }

    private static void assertAnswered(CompletableFuture<WebhookOutcome> outcome) {
        assertThat(outcome.join()).isInstanceOfSatisfying(Answered.class, answered -> assertThat(answered.status())
                .isEqualTo(200));
    }

    private static void assertAnswered(List<CompletableFuture<WebhookOutcome>> outcomes) {
        assertThat(outcomes).allSatisfy(WebhookHttp2IT::assertAnswered);
    }

    private static void assertFailed(CompletableFuture<WebhookOutcome> outcome, Failure failure) {
        assertThat(outcome.join()).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.failure())
                .as(failed.detail())
                .isEqualTo(failure));
    }

    /** Answers none before so many have come. */
    private static BiConsumer<TlsEndpoint, Request> answeringWhenThereAre(int count) {
        return (endpoint, request) -> {
            var all = endpoint.requests();
            if (all.size() == count) {
                all.forEach(Request::answer);
            }
        };
    }

    @Test
    void sendsManyOverOneConnection() {
        try (var endpoint = TlsEndpoint.behaving(answeringWhenThereAre(51));
                var sender = offeringHttp2(endpoint, LONG)) {
            var first = send(sender, "first");
            await().until(() -> endpoint.requests().size() == 1);
            var others = sendMany(sender, 50);

            assertAnswered(others);
            assertAnswered(first);
            assertThat(endpoint.connections()).hasSize(1);
            assertThat(endpoint.requests())
                    .allSatisfy(request -> {
                        assertThat(request.version()).isEqualTo(HttpVersion.HTTP_2);
                        assertThat(request.received().authority())
                                .hasToString(endpoint.url().getAuthority());
                        assertThat(request.received().getHeader("a")).isEqualTo("b");
                    })
                    .extracting(Request::body)
                    .contains("first", "m0", "m49");
        }
    }

    @Test
    void speaksHttp11UnlessItIsToOfferMore() {
        try (var endpoint = TlsEndpoint.answering();
                var sender = sender(endpoint, false, LONG)) {
            assertAnswered(send(sender, "x"));
            assertThat(endpoint.requests()).extracting(Request::version).containsExactly(HttpVersion.HTTP_1_1);
        }
    }

    @Test
    void speaksHttp11WithAsManyAtOnceWhereTheEndpointKnowsNoMore() {
        try (var endpoint = TlsEndpoint.behaving(new HttpServerOptions(), answeringWhenThereAre(20));
                var sender = offeringHttp2(endpoint, LONG)) {
            assertAnswered(sendMany(sender, 20));
            assertThat(endpoint.requests()).extracting(Request::version).containsOnly(HttpVersion.HTTP_1_1);
        }
    }

    @Test
    void opensAnotherConnectionWhereOneIsNotAllowedSoMany() {
        var options = new HttpServerOptions()
                .setUseAlpn(true)
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(4));
        try (var endpoint = TlsEndpoint.behaving(options, answeringWhenThereAre(20));
                var sender = offeringHttp2(endpoint, LONG)) {
            assertAnswered(sendMany(sender, 20));
            assertThat(endpoint.requests()).extracting(Request::version).containsOnly(HttpVersion.HTTP_2);
            assertThat(endpoint.connections()).hasSizeGreaterThanOrEqualTo(5);
        }
    }

    /** Only its stream ends. What comes later has a connection of its own, for that one may have lost its other end. */
    @Test
    void letsOneThatTimesOutEndNoOtherOfItsConnection() {
        try (var endpoint = TlsEndpoint.behaving((self, request) -> {
                    if (!request.body().equals("never") && !request.body().equals("slow")) {
                        request.answer();
                    }
                });
                var sender = offeringHttp2(endpoint, SHORT)) {
            assertAnswered(send(sender, "first"));
            var never = send(sender, "never");
            await().until(() -> endpoint.requests().size() == 2);
            var slow = new CompletableFuture<WebhookOutcome>();
            endpoint.after(500, () -> send(sender, "slow").thenAccept(slow::complete));
            await().until(() -> endpoint.requests().size() == 3);

            assertFailed(never, Failure.TIMEOUT);
            var first = endpoint.requests().get(0).connection();
            await().until(() -> {
                assertAnswered(send(sender, "next"));
                var requests = endpoint.requests();
                return requests.get(requests.size() - 1).connection() != first;
            });
            endpoint.requests().get(2).answer();
            assertAnswered(slow);

            assertThat(endpoint.requests().subList(1, 3))
                    .allSatisfy(request -> assertThat(request.connection()).isSameAs(first));
        }
    }

    @Test
    void losesNoneWhenTheEndpointTakesNoMoreOnAConnection() {
        var count = new AtomicInteger();
        try (var endpoint = TlsEndpoint.behaving((self, request) -> {
                    if (request.version() == HttpVersion.HTTP_2 && count.incrementAndGet() % 10 == 0) {
                        request.connection().shutdown(10, TimeUnit.SECONDS);
                    }
                    request.answer();
                });
                var sender = offeringHttp2(endpoint, LONG)) {
            for (int round = 0; round < 20; round++) {
                assertAnswered(sendMany(sender, 20));
            }
            assertThat(endpoint.requests().stream().map(Request::connection).distinct())
                    .hasSizeGreaterThan(10);
        }
    }

    @Test
    void losesNoneToConnectionsThatReachTheirAge() {
        settings(Map.of("connection-max-age", "2ms"));
        try (var endpoint = TlsEndpoint.answering();
                var sender = offeringHttp2(endpoint, LONG)) {
            for (int round = 0; round < 20; round++) {
                assertAnswered(sendMany(sender, 20));
            }
            assertThat(endpoint.requests().stream().map(Request::connection).distinct())
                    .hasSizeGreaterThan(10);
        }
    }

    @Test
    void letsAnExchangeEndOnAConnectionThatReachesItsAge() {
        settings(Map.of("connection-max-age", "100ms"));
        try (var endpoint = TlsEndpoint.behaving((self, request) -> self.after(500, request::answer));
                var sender = offeringHttp2(endpoint, LONG)) {
            assertAnswered(send(sender, "x"));
            assertThat(endpoint.requests()).hasSize(1);
            await().until(() -> endpoint.connections().isEmpty());
        }
    }

    @Test
    void reportsAStreamThatTheEndpointResets() {
        try (var endpoint = TlsEndpoint.behaving(
                        (self, request) -> request.received().response().reset());
                var sender = offeringHttp2(endpoint, LONG)) {
            assertFailed(send(sender, "x"), Failure.RESET);
            assertThat(endpoint.requests()).hasSize(1);
        }
    }

    /** On a connection that is well the endpoint means this one, and had begun with it. */
    @Test
    void sendsNothingAgainThatTheEndpointResetsOnAConnectionThatIsWell() {
        try (var endpoint = TlsEndpoint.behaving((self, request) -> {
                    if (request.body().equals("bad")) {
                        request.received().response().reset(Http2Error.INTERNAL_ERROR.code());
                    } else {
                        request.answer();
                    }
                });
                var sender = offeringHttp2(endpoint, LONG)) {
            assertAnswered(send(sender, "good"));
            assertFailed(send(sender, "bad"), Failure.RESET);
            assertThat(endpoint.requests()).hasSize(2);
        }
    }

    @Test
    void sendsAgainWhatTheEndpointHasNotBegunWith() {
        try (var endpoint = TlsEndpoint.behaving((self, request) -> {
                    if (self.requests().size() == 2) {
                        request.received().response().reset(Http2Error.REFUSED_STREAM.code());
                    } else {
                        request.answer();
                    }
                });
                var sender = offeringHttp2(endpoint, LONG)) {
            assertAnswered(send(sender, "1"));
            assertAnswered(send(sender, "2"));
            assertThat(endpoint.requests()).extracting(Request::body).containsExactly("1", "2", "2");
        }
    }

    /** They were many on one connection, and have to be many on connections of their own. */
    @Test
    void sendsAllAgainAtOnceWhoseConnectionEnds() {
        try (var endpoint = TlsEndpoint.behaving((self, request) -> {
                    var all = self.requests();
                    if (all.size() == 1) {
                        request.answer();
                    } else if (all.size() == 21) {
                        request.connection().close();
                    } else if (all.size() == 41) {
                        all.subList(21, 41).forEach(Request::answer);
                    }
                });
                var sender = offeringHttp2(endpoint, LONG)) {
            assertAnswered(send(sender, "first"));
            assertAnswered(sendMany(sender, 20));
        }
    }

    @Test
    void keepsTheConnectionOfAnAnswerThatIsTooLong() {
        settings(Map.of("max-response-size", "1K"));
        try (var endpoint = TlsEndpoint.behaving(
                        (self, request) -> request.received().response().end("x".repeat(100_000)));
                var sender = offeringHttp2(endpoint, LONG)) {
            assertAnswered(send(sender, "1"));
            assertAnswered(send(sender, "2"));
            assertThat(endpoint.requests().stream().map(Request::connection).distinct())
                    .hasSize(1);
        }
    }

    @Test
    void closesItsConnectionsWithTheLastExchange() {
        try (var endpoint = TlsEndpoint.behaving((self, request) -> {})) {
            var sender = offeringHttp2(endpoint, LONG);
            var last = send(sender, "x");
            await().until(() -> endpoint.requests().size() == 1);

            sender.close();
            endpoint.requests().get(0).answer();

            assertAnswered(last);
            await().until(() -> endpoint.connections().isEmpty());
        }
    }
}
