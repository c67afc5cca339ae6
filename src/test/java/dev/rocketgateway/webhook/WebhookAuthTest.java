package dev.rocketgateway.webhook;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static dev.rocketgateway.testing.HostileEndpoint.response;
import static dev.rocketgateway.testing.HostileEndpoint.silent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookAuthTest {

    private final TestWebhooks webhooks = TestWebhooks.usual();
    private final AtomicInteger tokens = new AtomicInteger();

    @AfterEach
    void close() {
        webhooks.close();
    }

    private static WebhookEndpoint endpoint(URI url, WebhookAuth auth, Duration timeout) {
        return new WebhookEndpoint(
                url,
                WebhookEndpoint.Method.POST,
                false,
                Map.of(),
                Duration.ofSeconds(2),
                timeout,
                WebhookTls.ofTheJvm(),
                auth,
                List.of());
    }

    private static WebhookEndpoint endpoint(URI url, WebhookAuth auth) {
        return endpoint(url, auth, Duration.ofSeconds(10));
    }

    private static WebhookOutcome send(WebhookSender sender) {
        return sender.send(TestWebhooks.message("body")).toCompletableFuture().join();
    }

    private HostileEndpoint.Request sent(WebhookAuth auth) {
        try (var endpoint = HostileEndpoint.behaving(answering(200))) {
            assertThat(webhooks.send(endpoint(endpoint.url(), auth))).isInstanceOf(Answered.class);
            return endpoint.requests().get(0);
        }
    }

    @Test
    void sendsNameAndPassword() {
        var header =
                sent(new WebhookAuth.Basic("us\u00e9r", () -> "p: ss\u00e9\n")).header("authorization");

        assertThat(header).startsWith("Basic ");
        assertThat(new String(Base64.getDecoder().decode(header.substring(6)), UTF_8))
                .isEqualTo("us\u00e9r:p: ss\u00e9");
    }

    @Test
    void sendsATokenOrAKey() {
        assertThat(sent(new WebhookAuth.Bearer(() -> "abc\r\n")).header("authorization"))
                .isEqualTo("Bearer abc");
        assertThat(sent(new WebhookAuth.ApiKey("X-Key", () -> "abc")).header("x-key"))
                .isEqualTo("abc");
    }

    @Test
    void refusesNamesThatWouldMeanSomethingElse() {
        assertThatIllegalArgumentException().isThrownBy(() -> new WebhookAuth.Basic("a:b", () -> "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> new WebhookAuth.ApiKey("Host", () -> "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> new WebhookAuth.ApiKey("webhook-id", () -> "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> new WebhookAuth.ApiKey("a b", () -> "x"));
    }

    @Test
    void sendsNothingWithAnInvalidCredential() {
        try (var endpoint = HostileEndpoint.behaving(answering(200))) {
            for (var value : List.of("", "\n", "a\r\nEvil: x", "\u00fc")) {
                var outcome = webhooks.send(endpoint(endpoint.url(), new WebhookAuth.Bearer(() -> value)));

                assertThat(outcome).isInstanceOfSatisfying(Withheld.class, held -> {
                    assertThat(held.cause()).isEqualTo(Cause.SECRET_MISSING);
                    assertThat(held.detail()).doesNotContain("Evil");
                });
            }
            assertThat(endpoint.connections()).isZero();
        }
    }

    private String token(int expiresIn) {
        return response(
                200,
                "{\"access_token\":\"t%d\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
                        .formatted(tokens.incrementAndGet(), expiresIn),
                "Content-Type",
                "application/json");
    }

    private static WebhookAuth.OAuth2 oauth(HostileEndpoint server) {
        return new WebhookAuth.OAuth2(
                server.url(), "client id", () -> "s:cr&t\n", Optional.of("a b"), Optional.of("https://billing"));
    }

    @Test
    void fetchesATokenOnceForAllWhoNeedOne() {
        try (var server = HostileEndpoint.behaving(answering(request -> token(3600)));
                var endpoint = HostileEndpoint.behaving(answering(200));
                var sender = webhooks.client.open(endpoint(endpoint.url(), oauth(server)))) {
            var sent = IntStream.range(0, 20)
                    .mapToObj(number -> sender.send(TestWebhooks.message("x")).toCompletableFuture())
                    .toList();
            assertThat(sent).allSatisfy(one -> assertThat(one.join()).isInstanceOf(Answered.class));

            assertThat(server.requests()).singleElement().satisfies(request -> {
                assertThat(request.line()).isEqualTo("POST /hook?key=1 HTTP/1.1");
                assertThat(request.header("content-type")).isEqualTo("application/x-www-form-urlencoded");
                assertThat(new String(
                                Base64.getDecoder()
                                        .decode(request.header("authorization").substring(6)),
                                UTF_8))
                        .isEqualTo("client+id:s%3Acr%26t");
                assertThat(request.text())
                        .isEqualTo("grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fbilling");
            });
            assertThat(endpoint.requests()).hasSize(20).allSatisfy(request -> assertThat(
                            request.header("authorization"))
                    .isEqualTo("Bearer t1"));
        }
    }

    @Test
    void fetchesAnotherTokenBeforeTheLastExpires() {
        try (var brief = TestWebhooks.with(Map.of("token-margin", "1h"));
                var server = HostileEndpoint.behaving(answering(request -> token(1)));
                var endpoint = HostileEndpoint.behaving(answering(200));
                var sender = brief.client.open(endpoint(endpoint.url(), oauth(server)))) {
            await().until(() -> {
                send(sender);
                return tokens.get() == 2;
            });
        }
    }

    @Test
    void fetchesAnotherTokenOnceWhenTheEndpointRefusesTheOneItHas() {
        try (var server = HostileEndpoint.behaving(answering(request -> token(3600)));
                var endpoint = HostileEndpoint.behaving(answering(
                        request -> response(request.header("authorization").equals("Bearer t2") ? 200 : 401, "")));
                var sender = webhooks.client.open(endpoint(endpoint.url(), oauth(server)))) {
            assertThat(((Answered) send(sender)).status()).isEqualTo(200);
            assertThat(((Answered) send(sender)).status()).isEqualTo(200);

            assertThat(tokens).hasValue(2);
            assertThat(endpoint.requests())
                    .extracting(request -> request.header("authorization"))
                    .containsExactly("Bearer t1", "Bearer t2", "Bearer t2");
        }
    }

    @Test
    void saysSoWhenTheEndpointRefusesTheNewTokenToo() {
        try (var server = HostileEndpoint.behaving(answering(request -> token(3600)));
                var endpoint = HostileEndpoint.behaving(answering(401));
                var sender = webhooks.client.open(endpoint(endpoint.url(), oauth(server)))) {
            assertThat(((Answered) send(sender)).status()).isEqualTo(401);

            assertThat(endpoint.requests()).hasSize(2);
            assertThat(tokens).hasValue(2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400 | {\"error\":\"invalid_client\"} | the token server answered 400 invalid_client",
                "400 | {\"error\":\"<script>\"} | the token server answered 400",
                "500 | oops | the token server answered 500",
                "302 | {} | the token server answered 302",
                "200 | {} | the token server's answer has no access_token",
                "200 | {\"access_token\":1} | the token server's answer has no access_token",
                "200 | {\"access_token\":\"a\\nb\"} | the token server's answer has no access_token",
                "200 | {\"access_token\":\"a\",\"token_type\":\"mac\"} | the token server's token is not a bearer token",
                "200 | [1] | the token server's answer is not JSON",
                "200 | token | the token server's answer is not JSON"
            })
    void withholdsTheWebhookWithoutAToken(int status, String body, String detail) {
        try (var server = HostileEndpoint.behaving(answering(request -> response(status, body)));
                var endpoint = HostileEndpoint.behaving(answering(200))) {
            assertThat(webhooks.send(endpoint(endpoint.url(), oauth(server))))
                    .isEqualTo(new Withheld(Cause.TOKEN_UNAVAILABLE, detail));
            assertThat(endpoint.connections()).isZero();
        }
    }

    @Test
    void trustsATokenServerByTheCertificatesOfTheEndpointAndShowsItNone() {
        var certificate = TestCertificate.valid("ip:127.0.0.1");
        var tls = new WebhookTls(
                Optional.of(certificate::authorityPem), Optional.empty(), Optional.of("endpoint.example.com"), false);
        try (var server = HostileEndpoint.behavingOverTls(answering(request -> token(3600)), certificate);
                var endpoint = HostileEndpoint.behaving(answering(200))) {
            var trusting = new WebhookEndpoint(
                    endpoint.url(),
                    WebhookEndpoint.Method.POST,
                    false,
                    Map.of(),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    tls,
                    oauth(server),
                    List.of());

            assertThat(webhooks.send(trusting)).isInstanceOf(Answered.class);
            assertThat(webhooks.send(endpoint(endpoint.url(), oauth(server))).label())
                    .isEqualTo("token_unavailable");
        }
    }

    @Test
    void asksForATokenAgainAfterTheServerHadNone() {
        var asked = new AtomicInteger();
        try (var server = HostileEndpoint.behaving(
                        answering(request -> asked.getAndIncrement() == 0 ? response(503, "") : token(3600)));
                var endpoint = HostileEndpoint.behaving(answering(200));
                var sender = webhooks.client.open(endpoint(endpoint.url(), oauth(server)))) {
            assertThat(send(sender).label()).isEqualTo("token_unavailable");
            assertThat(send(sender).label()).isEqualTo("2xx");
        }
    }

    @Test
    void countsTheTimeForTheTokenWithTheWebhook() {
        try (var server = HostileEndpoint.behaving(silent());
                var endpoint = HostileEndpoint.behaving(answering(200))) {
            long start = System.nanoTime();

            var outcome = webhooks.send(endpoint(endpoint.url(), oauth(server), Duration.ofMillis(300)));

            assertThat(outcome.label()).isEqualTo("token_unavailable");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void asksNoTokenServerThatThePolicyDenies() {
        var auth = new WebhookAuth.OAuth2(
                URI.create("http://169.254.169.254/token"), "a", () -> "b", Optional.empty(), Optional.empty());
        try (var endpoint = HostileEndpoint.behaving(answering(200))) {
            assertThat(webhooks.send(endpoint(endpoint.url(), auth)))
                    .isEqualTo(new Withheld(
                            Cause.TOKEN_UNAVAILABLE,
                            "no answer from the token server: address 169.254.169.254 is denied: metadata;"
                                    + " the gateway's operator can allow it"
                                    + " by adding '169.254.169.254' to gateway.webhook.allowed-targets"));
        }
    }

    @Test
    void finishesWhatIsUnderWayWhenItIsClosed() {
        var released = new CompletableFuture<Void>();
        try (var server = HostileEndpoint.behaving(answering(request -> {
                    released.join();
                    return token(3600);
                }));
                var endpoint = HostileEndpoint.behaving(answering(200))) {
            var sender = webhooks.client.open(endpoint(endpoint.url(), oauth(server)));
            var sent = sender.send(TestWebhooks.message("x")).toCompletableFuture();
            sender.close();
            released.complete(null);

            assertThat(sent.join()).isInstanceOf(Answered.class);
        }
    }
}
