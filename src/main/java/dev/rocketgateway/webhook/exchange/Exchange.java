package dev.rocketgateway.webhook.exchange;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.target.TargetPolicy;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes one request and returns its outcome.
 *
 * <pre>
 *            denied            next address
 *               ▲                ┌──────┐
 *   look up ────┴──▶ connect ────┴──────┴──▶ send ──▶ head ──▶ body ──▶ Answered
 *      │                │                     │  ▲     ▲         │
 *      ▼                ▼                     ▼  │     └ from here the status decides
 *     DNS       CONNECT_…, TLS        RESET, …   └ again on a new connection, if an old one was closed
 * </pre>
 * One deadline covers all steps. It has its own timer, because the client's timeouts end at the head of the response. The timer,
 * the DNS lookup and the connection may use different threads; the outcome is completed once.
 */
public final class Exchange {

    /** The request to send. */
    public record Request(HttpMethod method, MultiMap headers, byte[] body) {}

    private final Vertx vertx;
    private final EndpointRoute route;
    private final EndpointConnections client;
    private final Request request;
    private final long maxResponseSize;
    private final CompletableFuture<WebhookOutcome> outcome = new CompletableFuture<>();

    private volatile Failed late = new Failed(Failure.DNS, "the name of the host was not resolved in time");
    private volatile @Nullable HttpClientRequest sent;
    private volatile @Nullable ResponseReading reading;

    private Exchange(
            Vertx vertx, EndpointRoute route, EndpointConnections client, Request request, long maxResponseSize) {
        this.vertx = vertx;
        this.route = route;
        this.client = client;
        this.request = request;
        this.maxResponseSize = maxResponseSize;
    }

    /** Makes the exchange. The outcome comes within the limit; never fails. */
    public static CompletableFuture<WebhookOutcome> make(
            Vertx vertx, EndpointRoute route, Request request, long maxResponseSize, Duration limit) {
        EndpointConnections client;
        try {
            client = route.begin();
        } catch (SecretUnavailableException e) {
            return CompletableFuture.completedFuture(
                    new Withheld(Cause.SECRET_MISSING, String.valueOf(e.getMessage())));
        }
        if (client == null) {
            return CompletableFuture.completedFuture(new Failed(Failure.ABORTED, "the sender is closed"));
        }
        var exchange = new Exchange(vertx, route, client, request, maxResponseSize);
        exchange.outcome.whenComplete((done, never) -> client.end());
        exchange.start(limit);
        return exchange.outcome;
    }

    private void start(Duration limit) {
        long timer = vertx.setTimer(Math.max(1, limit.toMillis()), fired -> timeUp());
        outcome.whenComplete((done, never) -> vertx.cancelTimer(timer));
        route.addresses().thenAccept(this::go);
    }

    private void go(TargetPolicy.Verdict verdict) {
        if (verdict instanceof TargetPolicy.Verdict.Allowed allowed) {
            late = new Failed(Failure.CONNECT_TIMEOUT, "no connection within the connect timeout");
            connect(allowed.addresses(), 0);
        } else if (verdict instanceof TargetPolicy.Verdict.Denied denied) {
            outcome.complete(new Withheld(Cause.TARGET_DENIED, denied.denial().toString()));
        } else if (verdict instanceof TargetPolicy.Verdict.Unknown unknown) {
            outcome.complete(new Failed(Failure.DNS, unknown.detail()));
        }
    }

    private void connect(List<InetAddress> addresses, int number) {
        var address = addresses.get(number);
        client.request(route.request(request.method(), address))
                .onSuccess(opened -> send(opened, address))
                .onFailure(cause -> unconnected(cause, addresses, number));
    }

    private void unconnected(Throwable cause, List<InetAddress> addresses, int number) {
        var failed = ExchangeErrors.ofConnecting(cause);
        if (outcome.isDone()) {
            return;
        }
        if (ExchangeErrors.isClosed(cause)) {
            sendOnItsOwn(addresses.get(number));
        } else if (failed.failure() != Failure.TLS && number + 1 < addresses.size()) {
            connect(addresses, number + 1);
        } else {
            route.forgetAddresses();
            outcome.complete(failed);
        }
    }

    private void send(HttpClientRequest opened, InetAddress address) {
        send(opened, cause -> {
            if (!outcome.isDone() && wasClosing(opened.connection(), cause)) {
                sendOnItsOwn(address);
            } else {
                outcome.complete(ExchangeErrors.ofExchange(cause));
            }
        });
    }

    private boolean wasClosing(HttpConnection connection, Throwable cause) {
        return client.isShutDown(connection) || ExchangeErrors.isEndOfConnection(cause) && client.isUsed(connection);
    }

    /**
     * Sends the request again on a new connection, because the old one closed before the response, perhaps during sending. Delivery
     * is at least once, so this is correct even if the endpoint has started to process the request.
     */
    private void sendOnItsOwn(InetAddress address) {
        client.requestOnItsOwn(route.request(request.method(), address))
                .onSuccess(opened -> send(opened, cause -> outcome.complete(ExchangeErrors.ofExchange(cause))))
                .onFailure(cause -> {
                    route.forgetAddresses();
                    outcome.complete(ExchangeErrors.ofConnecting(cause));
                });
    }

    private interface Failing {
        void by(Throwable cause);
    }

    private void send(HttpClientRequest opened, Failing failing) {
        // The outcome contains the fault; without this handler, the fault would be logged too.
        opened.exceptionHandler(fault -> {});
        // Set before the check of the outcome: the timer, on another thread, completes the outcome and then resets the
        // request.
        sent = opened;
        late = new Failed(Failure.TIMEOUT, "no response within the timeout");
        if (outcome.isDone()) {
            opened.reset();
            if (opened.version() == HttpVersion.HTTP_2) {
                // The pool does not get back a stream that was never opened.
                client.retire(opened.connection());
            }
            return;
        }
        try {
            opened.headers().setAll(request.headers());
            opened.authority(route.authority());
            opened.response().onSuccess(response -> read(opened, response)).onFailure(failing::by);
            // A new buffer, because a buffer that could not be written is used up.
            opened.send(Buffer.buffer(request.body()));
        } catch (RuntimeException e) {
            outcome.complete(new Failed(Failure.OTHER, "the request cannot be written"));
            opened.reset();
        }
    }

    private void read(HttpClientRequest opened, HttpClientResponse response) {
        int status = response.statusCode();
        if (status < 200 || status > 999) {
            outcome.complete(new Failed(
                    Failure.PROTOCOL, "the endpoint sent status %d, which is not a final status".formatted(status)));
            response.exceptionHandler(fault -> {});
            opened.reset();
            return;
        }
        var begun = new ResponseReading(response, maxResponseSize);
        reading = begun;
        begun.read(
                whole -> {
                    client.markUsed(opened.connection());
                    outcome.complete(whole);
                },
                part -> {
                    outcome.complete(part);
                    opened.reset();
                },
                outcome::complete);
    }

    private void timeUp() {
        var begun = reading;
        if (begun != null) {
            // A body that never ends only costs its connection.
            outcome.complete(begun.readSoFar());
        } else {
            // First, so that the next exchange uses another connection.
            var silent = sent;
            if (silent != null) {
                client.retire(silent.connection());
            }
            outcome.complete(late);
        }
        // Again, because the request may have been sent just now.
        var opened = sent;
        if (opened != null) {
            opened.reset();
        }
    }
}
