package dev.rocketgateway.webhook.exchange;

import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the connections to one endpoint with one set of certificates, apart for each event loop. An exchange takes place on one
 * event loop, which owns its connection and its deadline:
 *
 * <pre>
 *   webhook ──▶ the event loop with the fewest exchanges ──▶ its connections ──▶ endpoint
 * </pre>
 * Closes all connections after {@link #retire()}, when the last exchange has ended.
 *
 * <p>Thread-safe.
 */
final class EndpointConnections {

    private final List<ContextInternal> loops;
    private final Settings settings;
    private final int maxConnections;
    private final @Nullable LoopConnections[] byLoop;
    private final int[] exchanges;
    private boolean retired;

    /**
     * What all connections have in common.
     *
     * @param http2 whether to offer HTTP/2 over TLS
     * @param maxAge age at which a connection takes no further exchange, and closes when its exchanges have ended
     * @param longestExchange how long such a connection waits for its exchanges before it closes anyway
     */
    record Settings(HttpClientOptions options, boolean http2, Duration maxAge, Duration longestExchange) {}

    /**
     * @param loops a context on each event loop, the first choice first
     * @param maxConnections limit for one address
     */
    EndpointConnections(List<ContextInternal> loops, Settings settings, int maxConnections) {
        // One HTTP/2 connection carries many exchanges, so a second event loop would only cost a second connection.
        this.loops = loops.subList(0, settings.http2() ? 1 : Math.min(loops.size(), maxConnections));
        this.settings = settings;
        this.maxConnections = maxConnections;
        this.byLoop = new LoopConnections[this.loops.size()];
        this.exchanges = new int[this.loops.size()];
    }

    /** An exchange that has begun. */
    final class OpenExchange {

        private final int index;
        private final LoopConnections connections;

        private OpenExchange(int index, LoopConnections connections) {
            this.index = index;
            this.connections = connections;
        }

        LoopConnections connections() {
            return connections;
        }

        /** Counts the end of the exchange. */
        void end() {
            EndpointConnections.this.end(index);
        }
    }

    /** Begins an exchange on the event loop with the fewest exchanges; null if this object is retired. */
    synchronized @Nullable OpenExchange begin() {
        if (retired) {
            return null;
        }
        int least = 0;
        for (int i = 1; i < exchanges.length; i++) {
            if (exchanges[i] < exchanges[least]) {
                least = i;
            }
        }
        var connections = byLoop[least];
        if (connections == null) {
            connections = new LoopConnections(loops.get(least), settings, share(least));
            byLoop[least] = connections;
        }
        exchanges[least]++;
        return new OpenExchange(least, connections);
    }

    /** The share of an event loop of the maximum number of connections. */
    private int share(int index) {
        int rest = maxConnections % exchanges.length;
        return maxConnections / exchanges.length + (index < rest ? 1 : 0);
    }

    private synchronized void end(int index) {
        exchanges[index]--;
        closeIfDone();
    }

    /** Takes no further exchange, and closes all connections when the last exchange has ended. */
    synchronized void retire() {
        retired = true;
        closeIfDone();
    }

    private void closeIfDone() {
        if (!retired) {
            return;
        }
        for (int running : exchanges) {
            if (running > 0) {
                return;
            }
        }
        for (var connections : byLoop) {
            if (connections != null) {
                connections.close();
            }
        }
    }
}
