package dev.rocketgateway.webhook.send;

import dev.rocketgateway.tracing.WebhookTraces;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookConfig;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.WebhookSender;
import dev.rocketgateway.webhook.credentials.Authorization;
import dev.rocketgateway.webhook.credentials.OAuth2Tokens;
import dev.rocketgateway.webhook.exchange.EndpointRoute;
import dev.rocketgateway.webhook.exchange.Exchange;
import dev.rocketgateway.webhook.signing.WebhookSigner;
import io.opentelemetry.context.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends webhooks to one endpoint: adds credentials, signs, and makes the exchange.
 *
 * <pre>
 *   message ──▶ headers, signature ──▶ credentials ──▶ exchange ──▶ outcome
 *                       │                  │  ▲            │
 *                       ▼                  ▼  └────────────┘ 401, with OAuth2, once: a new token
 *                 SECRET_MISSING   TOKEN_UNAVAILABLE
 * </pre>
 * Headers and signature are made on the caller's thread, and the exchange takes place on an event loop.
 */
final class EndpointSender implements WebhookSender {

    private static final CharSequence WEBHOOK_ID = HttpHeaders.createOptimized("webhook-id");
    private static final CharSequence WEBHOOK_TIMESTAMP = HttpHeaders.createOptimized("webhook-timestamp");
    private static final CharSequence WEBHOOK_SIGNATURE = HttpHeaders.createOptimized("webhook-signature");

    private final WebhookConfig config;
    private final WebhookEndpoint endpoint;
    private final EndpointRoute route;
    private final @Nullable OAuth2Tokens tokens;
    private final Map<CharSequence, CharSequence> always;
    private final Clock clock;
    private final WebhookTraces traces;
    private final boolean takesLong;

    private int underWay;
    private boolean closed;

    EndpointSender(
            WebhookConfig config,
            WebhookEndpoint endpoint,
            EndpointRoute route,
            @Nullable OAuth2Tokens tokens,
            String userAgent,
            Clock clock,
            WebhookTraces traces) {
        this.config = config;
        this.endpoint = endpoint;
        this.route = route;
        this.tokens = tokens;
        this.always = always(endpoint, userAgent);
        this.clock = clock;
        this.traces = traces;
        this.takesLong = endpoint.takesLong();
    }

    @Override
    public CompletionStage<WebhookOutcome> send(WebhookMessage message) {
        if (!begin()) {
            return CompletableFuture.completedStage(new Failed(Failure.ABORTED, "the sender is closed"));
        }
        var outcome = outcome(message);
        outcome.whenComplete((done, never) -> end());
        return outcome.minimalCompletionStage();
    }

    private CompletableFuture<WebhookOutcome> outcome(WebhookMessage message) {
        if (endpoint.tls().insecureSkipVerify() && !config.allowInsecureTls()) {
            return withheld(
                    Cause.TARGET_DENIED,
                    "insecureSkipVerify is denied, because gateway.webhook.allow-insecure-tls is false; the gateway's "
                            + "operator can set it to true");
        }
        long start = System.nanoTime();
        try {
            var method = HttpMethod.valueOf(endpoint.method().name());
            var trace = traces.parent(message.headers());
            return exchange(new Exchange.Request(method, headers(message), message.body()), trace, start);
        } catch (SecretUnavailableException e) {
            return withheld(Cause.SECRET_MISSING, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean takesLong() {
        return takesLong;
    }

    private synchronized boolean begin() {
        if (closed) {
            return false;
        }
        underWay++;
        return true;
    }

    private synchronized void end() {
        underWay--;
        closeIfDone();
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeIfDone();
    }

    private void closeIfDone() {
        if (closed && underWay == 0) {
            route.close();
            if (tokens != null) {
                tokens.close();
            }
        }
    }

    private MultiMap headers(WebhookMessage message) throws SecretUnavailableException {
        var now = clock.instant();
        var headers = MultiMap.caseInsensitiveMultiMap();
        message.headers().forEach(headers::set);
        always.forEach(headers::set);
        Authorization.put(endpoint.auth(), headers);
        headers.set(WEBHOOK_ID, message.id());
        headers.set(WEBHOOK_TIMESTAMP, String.valueOf(now.getEpochSecond()));
        if (!endpoint.signingKeys().isEmpty()) {
            headers.set(
                    WEBHOOK_SIGNATURE, WebhookSigner.sign(endpoint.signingKeys(), message.id(), now, message.body()));
        }
        return headers;
    }

    /** The headers that are the same in every webhook to the endpoint. */
    private static Map<CharSequence, CharSequence> always(WebhookEndpoint endpoint, String userAgent) {
        var headers = new LinkedHashMap<CharSequence, CharSequence>();
        headers.put(HttpHeaders.USER_AGENT, userAgent);
        endpoint.headers().forEach((name, value) -> headers.put(HttpHeaders.createOptimized(name), value));
        // The gateway reads the body of a response to a batch, but decodes no content coding.
        headers.put(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
        return headers;
    }

    private CompletableFuture<WebhookOutcome> exchange(Exchange.Request request, Context trace, long start) {
        return tokens == null
                ? exchange(request, trace, endpoint.timeout())
                : tokens.token(endpoint.timeout()).thenCompose(token -> exchange(tokens, token, request, trace, start));
    }

    private CompletableFuture<WebhookOutcome> exchange(Exchange.Request request, Context trace, Duration limit) {
        var span = traces.begin(request.method().name(), endpoint.url(), request.headers(), trace);
        return Exchange.make(route, request, config.maxResponseSize().asLongValue(), limit)
                .whenComplete((outcome, never) -> span.end(status(outcome), error(outcome)));
    }

    private static OptionalInt status(WebhookOutcome outcome) {
        return outcome instanceof Answered answer ? OptionalInt.of(answer.status()) : OptionalInt.empty();
    }

    /** The type of an error, as the semantic conventions of HTTP clients have it: a status from 400 on, or what happened. */
    private static @Nullable String error(WebhookOutcome outcome) {
        if (outcome instanceof Answered answer) {
            return answer.status() < 400 ? null : String.valueOf(answer.status());
        }
        return outcome.label();
    }

    private CompletableFuture<WebhookOutcome> exchange(
            OAuth2Tokens from, OAuth2Tokens.Token token, Exchange.Request request, Context trace, long start) {
        return exchange(token, request, trace, start)
                .thenCompose(outcome -> outcome instanceof Answered answer && answer.status() == 401
                        ? from.insteadOf(token, left(start))
                                .thenCompose(
                                        other -> other.equals(token) || other instanceof OAuth2Tokens.Token.Unavailable
                                                ? CompletableFuture.completedFuture(outcome)
                                                : exchange(other, request, trace, start))
                        : CompletableFuture.completedFuture(outcome));
    }

    private CompletableFuture<WebhookOutcome> exchange(
            OAuth2Tokens.Token token, Exchange.Request request, Context trace, long start) {
        if (token instanceof OAuth2Tokens.Token.Ready ready) {
            Authorization.putToken(ready.value(), request.headers());
            return exchange(request, trace, left(start));
        }
        return withheld(Cause.TOKEN_UNAVAILABLE, ((OAuth2Tokens.Token.Unavailable) token).detail());
    }

    private Duration left(long start) {
        var left = endpoint.timeout().minusNanos(System.nanoTime() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static CompletableFuture<WebhookOutcome> withheld(Cause cause, String detail) {
        return CompletableFuture.completedFuture(new Withheld(cause, detail));
    }
}
