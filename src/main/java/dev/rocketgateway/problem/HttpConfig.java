package dev.rocketgateway.problem;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the HTTP server. */
@ConfigMapping(prefix = "gateway.http")
public interface HttpConfig {

    /**
     * How long the rest of a body is discarded after its request was refused. Too low: connections are reset before callers read
     * the response. Too high: callers of refused requests hold connections.
     */
    @WithDefault("1s")
    Duration linger();
}
