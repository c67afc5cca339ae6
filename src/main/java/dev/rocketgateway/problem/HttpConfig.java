package dev.rocketgateway.problem;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The edge of the HTTP API. */
@ConfigMapping(prefix = "gateway.http")
public interface HttpConfig {

    /** How long the rest of a body is thrown away after its request was refused. Too low resets callers before they read the answer. */
    @WithDefault("1s")
    Duration linger();
}
