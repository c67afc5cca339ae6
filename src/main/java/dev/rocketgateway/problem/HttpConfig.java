package dev.rocketgateway.problem;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the HTTP server. */
@ConfigMapping(prefix = "gateway.http")
public interface HttpConfig {

    /**
     * How long the gateway reads and discards the rest of a body after it has refused the request. Too low: connections are reset
     * before callers read the response. Too high: callers of refused requests hold connections.
     */
    @WithDefault("1s")
    Duration linger();

    /**
     * How long the head of an HTTP/1 request, or the TLS handshake before it, may take from its first byte. Then the connection is
     * closed. Too low: callers on slow networks lose their connections. Too high: callers that send a byte now and then hold
     * connections.
     */
    @WithDefault("30s")
    Duration headTimeout();
}
