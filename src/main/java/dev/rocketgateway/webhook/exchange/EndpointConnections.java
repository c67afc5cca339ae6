package dev.rocketgateway.webhook.exchange;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one endpoint with one set of certificates. Each is closed when it has reached its age, and all of them
 * once this is retired and the last exchange has ended.
 *
 * <p>Thread-safe.
 */
final class EndpointConnections {

    /** On one connection of HTTP/2, if the endpoint allows it: what RFC 9113, 6.5.2, asks endpoints to allow at least. */
    private static final int MAX_STREAMS = 100;

    private final Vertx vertx;
    private final HttpClientOptions options;
    private final int maxConnections;
    private final Duration maxAge;
    private final Duration longestExchange;
    private final HttpClient pooled;
    /** Connections that have carried an exchange to its end: the endpoint may be closing them just now. */
    private final Set<HttpConnection> used = weakSet();
    /**
     * Connections that take no further exchange, which one may have learnt too late: closed from here, at their age or after a
     * timeout, or by the endpoint with the GOAWAY of HTTP/2.
     */
    private final Set<HttpConnection> shutDown = weakSet();

    private @Nullable HttpClient unpooled;
    private int exchanges;
    private boolean retired;

    /**
     * @param http2 whether HTTP/2 is offered where there is TLS
     * @param maxConnections to one address
     */
    EndpointConnections(
            Vertx vertx,
            HttpClientOptions options,
            boolean http2,
            int maxConnections,
            Duration maxAge,
            Duration longestExchange) {
        this.vertx = vertx;
        this.options = options;
        this.maxConnections = maxConnections;
        this.maxAge = maxAge;
        this.longestExchange = longestExchange;
        this.pooled = vertx.httpClientBuilder()
                .with(http2 ? offeringHttp2(options) : options)
                .with(new PoolOptions().setHttp1MaxSize(maxConnections).setHttp2MaxSize(maxConnections))
                .withConnectHandler(this::watch)
                .build();
    }

    private static Set<HttpConnection> weakSet() {
        return Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    }

    private static HttpClientOptions offeringHttp2(HttpClientOptions options) {
        return new HttpClientOptions(options)
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setHttp2MultiplexingLimit(MAX_STREAMS);
    }

    private void watch(HttpConnection connection) {
        InterimResponses.drop(connection);
        // Ends at once if idle, else with its exchange, which its own deadline ends in time.
        long timer = vertx.setTimer(maxAge.toMillis(), old -> shutDown(connection));
        connection.closeHandler(closed -> vertx.cancelTimer(timer));
        try {
            connection.goAwayHandler(goodbye -> shutDown.add(connection));
        } catch (UnsupportedOperationException http1) {
            // Which has no such frame.
        }
        ignoreFaults(connection);
    }

    private void shutDown(HttpConnection connection) {
        shutDown.add(connection);
        connection.shutdown(longestExchange.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** They show in the outcome of the exchange; without this they would be logged too. */
    private static void ignoreFaults(HttpConnection connection) {
        connection.exceptionHandler(fault -> {});
    }

    /** Counts an exchange in; false if it is too late for one. */
    synchronized boolean begin() {
        if (retired) {
            return false;
        }
        exchanges++;
        return true;
    }

    /** Counts an exchange out. */
    synchronized void end() {
        exchanges--;
        closeIfDone();
    }

    /** Takes no further exchange, and closes with the last one. */
    synchronized void retire() {
        retired = true;
        closeIfDone();
    }

    private void closeIfDone() {
        if (retired && exchanges == 0) {
            pooled.close();
            if (unpooled != null) {
                unpooled.close();
            }
        }
    }

    /** A request on a connection there is, or a new one. */
    Future<HttpClientRequest> request(RequestOptions request) {
        return pooled.request(request);
    }

    /** A request on a connection that is made for it and closed after it; HTTP/1.1, which every endpoint of HTTP/2 speaks too. */
    Future<HttpClientRequest> requestOnItsOwn(RequestOptions request) {
        return unpooled().request(request);
    }

    private synchronized HttpClient unpooled() {
        var client = unpooled;
        if (client == null) {
            client = vertx.httpClientBuilder()
                    .with(new HttpClientOptions(options).setKeepAlive(false))
                    .with(new PoolOptions().setHttp1MaxSize(maxConnections).setCleanerPeriod(0))
                    .withConnectHandler(connection -> {
                        InterimResponses.drop(connection);
                        ignoreFaults(connection);
                    })
                    .build();
            unpooled = client;
        }
        return client;
    }

    boolean isUsed(HttpConnection connection) {
        return used.contains(connection);
    }

    boolean isShutDown(HttpConnection connection) {
        return shutDown.contains(connection);
    }

    /**
     * Takes the connection for no further exchange, because one has timed out on it: of HTTP/2 only its stream was closed, and a
     * connection whose other end is gone would have all the others time out too.
     */
    void retire(HttpConnection connection) {
        shutDown(connection);
    }

    void markUsed(HttpConnection connection) {
        used.add(connection);
    }
}
