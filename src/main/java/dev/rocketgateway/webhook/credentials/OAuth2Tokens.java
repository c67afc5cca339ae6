package dev.rocketgateway.webhook.credentials;

import dev.rocketgateway.message.HeaderSyntax;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookConfig;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.exchange.EndpointRoute;
import dev.rocketgateway.webhook.exchange.Exchange;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fetches and caches the OAuth2 token of one endpoint (grant type client credentials). One request serves all waiting callers, and
 * the token is kept until shortly before it expires.
 *
 * <p>Thread-safe; never blocks.
 */
public final class OAuth2Tokens {

    private final WebhookConfig config;
    private final EndpointRoute route;
    private final WebhookAuth.OAuth2 auth;
    private final String userAgent;
    private final Duration timeout;

    private @Nullable CompletableFuture<Token> current;

    /** A token, or the reason why there is none. */
    public sealed interface Token {

        /**
         * @param goodUntil time until which the token is used, by {@link System#nanoTime}
         */
        record Ready(String value, long goodUntil) implements Token {

            /** Does not show the value. */
            @Override
            public String toString() {
                return "Ready[goodUntil=" + goodUntil + "]";
            }
        }

        /**
         * @param detail the reason, in words
         */
        record Unavailable(String detail) implements Token {}
    }

    public OAuth2Tokens(
            WebhookConfig config, EndpointRoute route, WebhookAuth.OAuth2 auth, String userAgent, Duration timeout) {
        this.config = config;
        this.route = route;
        this.auth = auth;
        this.userAgent = userAgent;
        this.timeout = timeout;
    }

    /** Returns the cached token or a new one, within the limit. Never fails. */
    public CompletableFuture<Token> token(Duration limit) {
        return currentOrNew()
                .copy()
                .completeOnTimeout(
                        new Token.Unavailable("the token server did not answer in time"),
                        limit.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Replaces a refused token: returns the token that another caller has fetched meanwhile, or else fetches a new one. */
    public CompletableFuture<Token> insteadOf(Token refused, Duration limit) {
        synchronized (this) {
            if (current != null && refused.equals(current.getNow(null))) {
                current = null;
            }
        }
        return token(limit);
    }

    private synchronized CompletableFuture<Token> currentOrNew() {
        var last = current;
        if (last == null || last.isDone() && !isGood(last.join())) {
            last = fetch();
            current = last;
        }
        return last;
    }

    private static boolean isGood(Token token) {
        return token instanceof Token.Ready ready && System.nanoTime() < ready.goodUntil();
    }

    private CompletableFuture<Token> fetch() {
        try {
            var headers = MultiMap.caseInsensitiveMultiMap()
                    .set("Authorization", Authorization.basic(encoded(auth.clientId()), encoded(secret())))
                    .set("Content-Type", "application/x-www-form-urlencoded")
                    .set("Accept", "application/json")
                    .set("User-Agent", userAgent);
            var form = new StringBuilder("grant_type=client_credentials");
            auth.scope().ifPresent(scope -> form.append("&scope=").append(encoded(scope)));
            auth.audience().ifPresent(audience -> form.append("&audience=").append(encoded(audience)));
            var request = new Exchange.Request(
                    HttpMethod.POST, headers, form.toString().getBytes(StandardCharsets.UTF_8));
            return Exchange.make(route, request, config.maxResponseSize().asLongValue(), timeout)
                    .thenApply(this::token);
        } catch (SecretUnavailableException e) {
            return CompletableFuture.completedFuture(new Token.Unavailable(String.valueOf(e.getMessage())));
        }
    }

    private String secret() throws SecretUnavailableException {
        return Authorization.text(auth.clientSecret(), "client secret");
    }

    /** Encodes a value for a form (RFC 6749, 2.3.1). */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Token token(WebhookOutcome outcome) {
        if (outcome instanceof Answered answer) {
            return answer.status() == 200
                    ? read(answer.body())
                    : new Token.Unavailable(
                            "the token server answered %d%s".formatted(answer.status(), error(answer.body())));
        }
        return new Token.Unavailable("no answer from the token server: "
                + (outcome instanceof Failed failed
                        ? failed.detail()
                        : outcome instanceof Withheld withheld ? withheld.detail() : outcome.label()));
    }

    private Token read(byte[] body) {
        try {
            var json = new JsonObject(Buffer.buffer(body));
            var value = json.getValue("access_token");
            var type = json.getValue("token_type", "Bearer");
            if (!(value instanceof String text) || text.isEmpty() || !HeaderSyntax.isValue(text)) {
                return new Token.Unavailable("the token server's answer has no access_token");
            }
            if (!"bearer".equalsIgnoreCase(String.valueOf(type))) {
                return new Token.Unavailable("the token server's token is not a bearer token");
            }
            return new Token.Ready(
                    text,
                    System.nanoTime() + lifetime(json.getValue("expires_in")).toNanos());
        } catch (DecodeException | ClassCastException e) {
            return new Token.Unavailable("the token server's answer is not JSON");
        }
    }

    /**
     * How long a token is kept. Without a valid {@code expires_in}, it is kept until the endpoint refuses it, at most for a day. If
     * {@code expires_in} is 0, only the callers that already wait for the token get it.
     */
    private Duration lifetime(@Nullable Object expiresIn) {
        if (!(expiresIn instanceof Number seconds) || seconds.longValue() < 0) {
            return Duration.ofDays(1);
        }
        var whole = Duration.ofSeconds(
                Math.min(seconds.longValue(), Duration.ofDays(365).toSeconds()));
        var less = whole.minus(config.tokenMargin());
        return less.compareTo(whole.dividedBy(2)) > 0 ? less : whole.dividedBy(2);
    }

    /** The error code of RFC 6749, 5.2, if the response has one; nothing else of the response is passed on. */
    private static String error(byte[] body) {
        try {
            var error = String.valueOf(new JsonObject(Buffer.buffer(body)).getValue("error"));
            return error.matches("[a-z_]{1,40}") && !error.equals("null") ? " " + error : "";
        } catch (DecodeException | ClassCastException notJson) {
            return "";
        }
    }

    public void close() {
        route.close();
    }
}
