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
 * Holds the connections to one endpoint with one set of certificates. Closes each connection when it reaches its maximum age,
 * and all connections after {@link #retire()}, when the last exchange has ended.
 *
 * <p>Thread-safe.
 */
final class EndpointConnections {

    /** Streams on one HTTP/2 connection, if the endpoint allows them. RFC 9113, 6.5.2, asks endpoints to allow at least 100. */
    private static final int MAX_STREAMS = 100;

    private final Vertx vertx;
    private final HttpClientOptions options;
    private final int maxConnections;
    private final Duration maxAge;
    private final Duration longestExchange;
    private final HttpClient pooled;
    /** Connections that have completed an exchange. The endpoint may be closing such a connection at this moment. */
    private final Set<HttpConnection> used = weakSet();
    /**
     * Connections that take no further exchange. An exchange may already have begun on one of them. The gateway closed them, at
     * their maximum age or after a timeout, or the endpoint did, with GOAWAY of HTTP/2.
     */
    private final Set<HttpConnection> shutDown = weakSet();

    private @Nullable HttpClient unpooled;
    private int exchanges;
    private boolean retired;

    /**
     * @param http2 whether to offer HTTP/2 over TLS
     * @param maxConnections limit for one address
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
        // An idle connection closes immediately. A busy one closes after its exchange, which has its own deadline.
        long timer = vertx.setTimer(maxAge.toMillis(), old -> shutDown(connection));
        connection.closeHandler(closed -> vertx.cancelTimer(timer));
        try {
            connection.goAwayHandler(goodbye -> shutDown.add(connection));
        } catch (UnsupportedOperationException http1) {
            // HTTP/1.1 has no GOAWAY frame.
        }
        ignoreFaults(connection);
    }

    private void shutDown(HttpConnection connection) {
        shutDown.add(connection);
        connection.shutdown(longestExchange.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Keeps faults out of the log, because the outcome of the exchange already has them. */
    private static void ignoreFaults(HttpConnection connection) {
        connection.exceptionHandler(fault -> {});
    }

    /** Counts an exchange that begins; false if this object is retired and takes no further exchange. */
    synchronized boolean begin() {
        if (retired) {
            return false;
        }
        exchanges++;
        return true;
    }

    /** Counts an exchange that has ended. */
    synchronized void end() {
        exchanges--;
        closeIfDone();
    }

    /** Takes no further exchange, and closes all connections when the last exchange has ended. */
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

    /** A request on an existing connection, or on a new one. */
    Future<HttpClientRequest> request(RequestOptions request) {
        return pooled.request(request);
    }

    /** A request on a new connection that is closed after the response. Uses HTTP/1.1, which every HTTP/2 endpoint speaks too. */
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
     * Uses a connection for no further exchange, because an exchange has timed out on it. With HTTP/2, a timeout closes only the
     * stream of the exchange. If the other end is gone, all other exchanges on the connection would time out too.
     */
    void retire(HttpConnection connection) {
        shutDown(connection);
    }

    void markUsed(HttpConnection connection) {
        used.add(connection);
    }
}
