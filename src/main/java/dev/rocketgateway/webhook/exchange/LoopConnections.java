package dev.rocketgateway.webhook.exchange;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.ContextInternal;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one endpoint that belong to one event loop. Closes each connection when it reaches its maximum age.
 *
 * <p>Not thread-safe: every method is called on {@link #loop}, except {@link #loop} itself and {@link #close}. So an exchange never
 * waits for another thread, and needs no lock.
 */
final class LoopConnections {

    /** Streams on one HTTP/2 connection, if the endpoint allows them. RFC 9113, 6.5.2, asks endpoints to allow at least 100. */
    private static final int MAX_STREAMS = 100;

    private final ContextInternal loop;
    private final EndpointConnections.Settings settings;
    private final PoolOptions size;
    private final HttpClient pooled;

    /** Connections that have completed an exchange. The endpoint may be closing such a connection at this moment. */
    private final Set<HttpConnection> used = weakSet();

    /**
     * Connections that take no further exchange. An exchange may already have begun on one of them. The gateway closed them, at
     * their maximum age or after a timeout, or the endpoint did, with GOAWAY of HTTP/2.
     */
    private final Set<HttpConnection> shutDown = weakSet();

    private volatile @Nullable HttpClient unpooled;

    /**
     * @param maxConnections limit for one address
     */
    LoopConnections(ContextInternal loop, EndpointConnections.Settings settings, int maxConnections) {
        this.loop = loop;
        this.settings = settings;
        this.size = new PoolOptions().setHttp1MaxSize(maxConnections).setHttp2MaxSize(maxConnections);
        var options = settings.options();
        this.pooled = loop.owner()
                .httpClientBuilder()
                .with(settings.http2() ? offeringHttp2(options) : options)
                .with(size)
                .withConnectHandler(this::watch)
                .build();
    }

    private static Set<HttpConnection> weakSet() {
        return Collections.newSetFromMap(new WeakHashMap<>());
    }

    private static HttpClientOptions offeringHttp2(HttpClientOptions options) {
        return new HttpClientOptions(options)
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setHttp2MultiplexingLimit(MAX_STREAMS);
    }

    /** The event loop of these connections. */
    ContextInternal loop() {
        return loop;
    }

    private void watch(HttpConnection connection) {
        InterimResponses.drop(connection);
        // An idle connection closes immediately. A busy one closes after its exchange, which has its own deadline.
        long timer = loop.setTimer(settings.maxAge().toMillis(), old -> retire(connection));
        connection.closeHandler(closed -> loop.owner().cancelTimer(timer));
        try {
            connection.goAwayHandler(goodbye -> shutDown.add(connection));
        } catch (UnsupportedOperationException http1) {
            // HTTP/1.1 has no GOAWAY frame.
        }
        ignoreFaults(connection);
    }

    /** Keeps faults out of the log, because the outcome of the exchange already has them. */
    private static void ignoreFaults(HttpConnection connection) {
        connection.exceptionHandler(fault -> {});
    }

    /** A request on an existing connection, or on a new one. */
    Future<HttpClientRequest> request(RequestOptions request) {
        return pooled.request(request);
    }

    /** A request on a new connection that is closed after the response. Uses HTTP/1.1, which every HTTP/2 endpoint speaks too. */
    Future<HttpClientRequest> requestOnItsOwn(RequestOptions request) {
        var client = unpooled;
        if (client == null) {
            client = loop.owner()
                    .httpClientBuilder()
                    .with(new HttpClientOptions(settings.options()).setKeepAlive(false))
                    .with(new PoolOptions(size).setCleanerPeriod(0))
                    .withConnectHandler(connection -> {
                        InterimResponses.drop(connection);
                        ignoreFaults(connection);
                    })
                    .build();
            unpooled = client;
        }
        return client.request(request);
    }

    boolean isUsed(HttpConnection connection) {
        return used.contains(connection);
    }

    boolean isShutDown(HttpConnection connection) {
        return shutDown.contains(connection);
    }

    /**
     * Uses a connection for no further exchange, for example because an exchange has timed out on it. With HTTP/2, a timeout closes
     * only the stream of the exchange. If the other end is gone, all other exchanges on the connection would time out too.
     */
    void retire(HttpConnection connection) {
        shutDown.add(connection);
        connection.shutdown(settings.longestExchange().toMillis(), TimeUnit.MILLISECONDS);
    }

    void markUsed(HttpConnection connection) {
        used.add(connection);
    }

    /** Closes all connections, when no exchange uses them any more. */
    void close() {
        pooled.close();
        var client = unpooled;
        if (client != null) {
            client.close();
        }
    }
}
