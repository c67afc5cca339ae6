package dev.rocketgateway.webhook.exchange;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.target.TargetPolicy;
import io.netty.util.concurrent.Future;
import io.vertx.core.MultiMap;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
 * One deadline covers all steps. It has its own timer, because the client's timeouts end at the head of the response. All steps
 * take place on the event loop of the connection, except the DNS lookup.
 */
public final class Exchange {

    /** The least time for an exchange whose deadline has passed before it begins. */
    private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(1);

    /** The request to send. */
    public record Request(HttpMethod method, MultiMap headers, byte[] body) {}

    private final EndpointRoute route;
    private final EndpointConnections.OpenExchange counted;
    private final LoopConnections connections;
    private final Request request;
    private final long maxResponseSize;
    private final CompletableFuture<WebhookOutcome> outcome = new CompletableFuture<>();

    // From here on, used on the event loop only.
    private Failed late = new Failed(Failure.DNS, "the name of the host was not resolved in time");
    private @Nullable Future<?> deadline;
    private @Nullable HttpClientRequest sent;
    private @Nullable ResponseReading reading;
    private boolean ended;

    private Exchange(
            EndpointRoute route, EndpointConnections.OpenExchange counted, Request request, long maxResponseSize) {
        this.route = route;
        this.counted = counted;
        this.connections = counted.connections();
        this.request = request;
        this.maxResponseSize = maxResponseSize;
    }

    /**
     * Makes the exchange. The outcome comes within the limit, on an event loop or at once; never fails. May be called on any
     * thread; reads the files of certificates on this thread.
     */
    public static CompletableFuture<WebhookOutcome> make(
            EndpointRoute route, Request request, long maxResponseSize, Duration limit) {
        EndpointConnections.OpenExchange counted;
        try {
            counted = route.begin();
        } catch (SecretUnavailableException e) {
            return CompletableFuture.completedFuture(
                    new Withheld(Cause.SECRET_MISSING, String.valueOf(e.getMessage())));
        }
        if (counted == null) {
            return CompletableFuture.completedFuture(new Failed(Failure.ABORTED, "the sender is closed"));
        }
        var exchange = new Exchange(route, counted, request, maxResponseSize);
        long end = System.nanoTime() + limit.toNanos();
        exchange.connections.loop().emit(end, exchange::start);
        return exchange.outcome;
    }

    private void start(long end) {
        var loop = connections.loop();
        long left = Math.max(SHORTEST, end - System.nanoTime());
        deadline =
                loop.nettyEventLoop().schedule(() -> loop.dispatch(this, Exchange::timeUp), left, TimeUnit.NANOSECONDS);
        var addresses = route.addresses();
        if (addresses.isDone()) {
            go(addresses.join());
        } else {
            addresses.thenAccept(verdict -> loop.emit(verdict, this::go));
        }
    }

    private void end(WebhookOutcome result) {
        if (ended) {
            return;
        }
        ended = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        counted.end();
        outcome.complete(result);
    }

    private void go(TargetPolicy.Verdict verdict) {
        if (ended) {
            return;
        }
        if (verdict instanceof TargetPolicy.Verdict.Allowed allowed) {
            late = new Failed(Failure.CONNECT_TIMEOUT, "no connection within the connect timeout");
            connect(allowed.addresses(), 0);
        } else if (verdict instanceof TargetPolicy.Verdict.Denied denied) {
            end(new Withheld(Cause.TARGET_DENIED, denied.denial().toString()));
        } else if (verdict instanceof TargetPolicy.Verdict.Unknown unknown) {
            end(new Failed(Failure.DNS, unknown.detail()));
        }
    }

    private void connect(List<InetAddress> addresses, int number) {
        var address = addresses.get(number);
        connections
                .request(route.request(request.method(), address))
                .onSuccess(opened -> send(opened, address))
                .onFailure(cause -> unconnected(cause, addresses, number));
    }

    private void unconnected(Throwable cause, List<InetAddress> addresses, int number) {
        var failed = ExchangeErrors.ofConnecting(cause);
        if (ended) {
            return;
        }
        if (ExchangeErrors.isClosed(cause)) {
            sendOnItsOwn(addresses.get(number));
        } else if (failed.failure() != Failure.TLS && number + 1 < addresses.size()) {
            connect(addresses, number + 1);
        } else {
            route.forgetAddresses();
            end(failed);
        }
    }

    private void send(HttpClientRequest opened, InetAddress address) {
        send(opened, cause -> {
            if (!ended && wasClosing(opened.connection(), cause)) {
                sendOnItsOwn(address);
            } else {
                end(ExchangeErrors.ofExchange(cause));
            }
        });
    }

    private boolean wasClosing(HttpConnection connection, Throwable cause) {
        return connections.isShutDown(connection)
                || ExchangeErrors.isEndOfConnection(cause) && connections.isUsed(connection);
    }

    /**
     * Sends the request again on a new connection, because the old one closed before the response, perhaps during sending. Delivery
     * is at least once, so this is correct even if the endpoint has started to process the request.
     */
    private void sendOnItsOwn(InetAddress address) {
        connections
                .requestOnItsOwn(route.request(request.method(), address))
                .onSuccess(opened -> send(opened, cause -> end(ExchangeErrors.ofExchange(cause))))
                .onFailure(cause -> {
                    route.forgetAddresses();
                    end(ExchangeErrors.ofConnecting(cause));
                });
    }

    private void send(HttpClientRequest opened, Consumer<Throwable> failed) {
        // The outcome contains the fault; without this handler, the fault would be logged too.
        opened.exceptionHandler(fault -> {});
        sent = opened;
        late = new Failed(Failure.TIMEOUT, "no response within the timeout");
        if (ended) {
            opened.reset();
            if (opened.version() == HttpVersion.HTTP_2) {
                // The pool does not get back a stream that was never opened.
                connections.retire(opened.connection());
            }
            return;
        }
        try {
            opened.headers().setAll(request.headers());
            opened.authority(route.authority());
            opened.response().onSuccess(response -> read(opened, response)).onFailure(failed::accept);
            // A new buffer, because a buffer that could not be written is used up.
            opened.send(Buffer.buffer(request.body()));
        } catch (RuntimeException e) {
            end(new Failed(Failure.OTHER, "the request cannot be written"));
            opened.reset();
        }
    }

    private void read(HttpClientRequest opened, HttpClientResponse response) {
        int status = response.statusCode();
        if (status < 200 || status > 999) {
            end(new Failed(
                    Failure.PROTOCOL, "the endpoint sent status %d, which is not a final status".formatted(status)));
            response.exceptionHandler(fault -> {});
            opened.reset();
            return;
        }
        var begun = new ResponseReading(response, maxResponseSize);
        reading = begun;
        begun.read(
                whole -> {
                    connections.markUsed(opened.connection());
                    end(whole);
                },
                part -> {
                    end(part);
                    opened.reset();
                },
                this::end);
    }

    private void timeUp() {
        var opened = sent;
        if (reading != null) {
            // A body that never ends only costs its connection.
            end(reading.readSoFar());
        } else {
            if (opened != null) {
                // First, so that the next exchange uses another connection.
                connections.retire(opened.connection());
            }
            end(late);
        }
        if (opened != null) {
            opened.reset();
        }
    }
}
