package dev.rocketgateway.webhook.credentials;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static dev.rocketgateway.testing.HostileEndpoint.response;
import static dev.rocketgateway.testing.HostileEndpoint.silent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.webhook.Secret;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.address.TargetUrl;
import dev.rocketgateway.webhook.credentials.OAuth2Tokens.Token;
import dev.rocketgateway.webhook.exchange.EndpointRoute;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OAuth2TokensTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestWebhooks webhooks = TestWebhooks.usual();
    private final AtomicInteger fetched = new AtomicInteger();

    @AfterEach
    void close() {
        webhooks.close();
    }

    private OAuth2Tokens tokens(HostileEndpoint server, Secret secret) {
        var config = TestWebhooks.config(Map.of("token-margin", "30s", "max-response-size", "100"));
        try {
            var route = EndpointRoute.toTokenServer(
                    webhooks.vertx, config, webhooks.policy, WebhookEndpoint.of(server.url(), LONG), server.url());
            var auth = new WebhookAuth.OAuth2(server.url(), "id", secret, Optional.empty(), Optional.empty());
            return new OAuth2Tokens(config, route, auth, "agent", LONG);
        } catch (TargetUrl.InvalidTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private OAuth2Tokens tokens(HostileEndpoint server) {
        return tokens(server, () -> "secret");
    }

    private String next() {
        return response(200, "{\"access_token\":\"t%d\",\"expires_in\":3600}".formatted(fetched.incrementAndGet()));
    }

    private static Token join(OAuth2Tokens tokens) {
        return tokens.token(LONG).join();
    }

    private static String value(Token token) {
        assertThat(token).isInstanceOf(Token.Ready.class);
        return ((Token.Ready) token).value();
    }

    @Test
    void asksOnceForAllWhoWaitAndKeepsTheToken() {
        var released = new CompletableFuture<Void>();
        try (var server = HostileEndpoint.behaving(answering(request -> {
            released.join();
            return next();
        }))) {
            var tokens = tokens(server);
            var waiting = IntStream.range(0, 20)
                    .mapToObj(number -> tokens.token(LONG))
                    .toList();
            released.complete(null);

            assertThat(waiting).allSatisfy(one -> assertThat(value(one.join())).isEqualTo("t1"));
            assertThat(value(join(tokens))).isEqualTo("t1");
            assertThat(fetched).hasValue(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3600, 3570",
        "60, 30",
        "40, 20",
        "1, 0",
        "0, 0",
        "-5, 86400",
        "null, 86400",
        "\"3600\", 86400",
        "9e18, 31535970"
    })
    void keepsATokenUntilTheMarginBeforeItExpires(String expiresIn, long seconds) {
        try (var server = HostileEndpoint.behaving(answering(
                request -> response(200, "{\"access_token\":\"t\",\"expires_in\":%s}".formatted(expiresIn))))) {
            long before = System.nanoTime();
            var token = (Token.Ready) join(tokens(server));

            assertThat(Duration.ofNanos(token.goodUntil() - before))
                    .isBetween(Duration.ofSeconds(seconds), Duration.ofSeconds(seconds + 15));
        }
    }

    @Test
    void replacesARefusedTokenOnceForAllWhoHadIt() {
        try (var server = HostileEndpoint.behaving(answering(request -> next()))) {
            var tokens = tokens(server);
            var first = join(tokens);

            var second = tokens.insteadOf(first, LONG);
            var alsoSecond = tokens.insteadOf(first, LONG);

            assertThat(value(second.join())).isEqualTo("t2");
            assertThat(value(alsoSecond.join())).isEqualTo("t2");
            assertThat(value(tokens.insteadOf(first, LONG).join())).isEqualTo("t2");
            assertThat(fetched).hasValue(2);
        }
    }

    @Test
    void doesNotWaitLongerThanACallerMayAndGivesTheTokenToTheOthers() {
        var released = new CompletableFuture<Void>();
        try (var server = HostileEndpoint.behaving(answering(request -> {
            released.join();
            return next();
        }))) {
            var tokens = tokens(server);
            var patient = tokens.token(LONG);

            assertThat(tokens.token(Duration.ofMillis(10)).join())
                    .isEqualTo(new Token.Unavailable("the token server did not answer in time"));
            released.complete(null);

            assertThat(value(patient.join())).isEqualTo("t1");
            assertThat(fetched).hasValue(1);
        }
    }

    @Test
    void asksAgainAfterTheServerHadNoToken() {
        try (var server = HostileEndpoint.behaving(answering(
                request -> fetched.get() == 0 && fetched.incrementAndGet() == 1 ? response(503, "") : next()))) {
            var tokens = tokens(server);

            assertThat(join(tokens)).isEqualTo(new Token.Unavailable("the token server answered 503"));
            assertThat(value(join(tokens))).isEqualTo("t2");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "7",
                "{",
                "{\"access_token\":\"t\"",
                "{\"access_token\":\"\"}",
                "{\"access_token\":null}",
                "{\"access_token\":[\"t\"]}",
                "{\"access_token\":\"t\\r\\nEvil: x\"}",
                "{\"access_token\":\"t\",\"token_type\":null}",
                "{\"access_token\":\"t\",\"token_type\":7}",
                "{\"access_token\":\"t\",\"padding\":\"0123456789012345678901234567890123456789012345678901234567890123456789012345\"}"
            })
    void saysWhyThereIsNoTokenInAnAnswerOfNonsense(String body) {
        try (var server = HostileEndpoint.behaving(answering(request -> response(200, body)))) {
            assertThat(join(tokens(server)))
                    .isInstanceOfSatisfying(Token.Unavailable.class, none -> assertThat(none.detail())
                            .startsWith("the token server's ")
                            .doesNotContain("Evil"));
        }
    }

    @Test
    void asksNothingWithoutTheSecretAndAsksWhenItIsThere() {
        var missing = new AtomicInteger(1);
        try (var server = HostileEndpoint.behaving(answering(request -> next()))) {
            var tokens = tokens(server, () -> {
                if (missing.getAndDecrement() > 0) {
                    throw new SecretUnavailableException("file x does not exist");
                }
                return "secret";
            });

            assertThat(join(tokens)).isEqualTo(new Token.Unavailable("file x does not exist"));
            assertThat(server.connections()).isZero();
            assertThat(value(join(tokens))).isEqualTo("t1");
        }
    }

    @Test
    void hasNoNewTokenAfterTheCloseAndKeepsTheOldOne() {
        try (var server = HostileEndpoint.behaving(answering(request -> next()))) {
            var tokens = tokens(server);
            var first = join(tokens);
            tokens.close();

            assertThat(join(tokens)).isEqualTo(first);
            assertThat(tokens.insteadOf(first, LONG).join())
                    .isEqualTo(new Token.Unavailable("no answer from the token server: the sender is closed"));
        }
    }

    @Test
    void answersThoseWhoWaitForASilentServerEachAtTheirLimit() {
        try (var server = HostileEndpoint.behaving(silent())) {
            var tokens = tokens(server);
            var first = tokens.token(Duration.ofMillis(10));
            var second = tokens.token(Duration.ofMillis(20));

            assertThat(first.join()).isInstanceOf(Token.Unavailable.class);
            assertThat(second.join()).isInstanceOf(Token.Unavailable.class);
            await().until(() -> server.requests().size() == 1);
        }
    }

    @Test
    void doesNotShowItsValue() {
        assertThat(new Token.Ready("hidden", 7)).hasToString("Ready[goodUntil=7]");
    }
}
