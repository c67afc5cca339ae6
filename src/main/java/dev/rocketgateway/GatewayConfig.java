package dev.rocketgateway;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the whole service. */
@ConfigMapping(prefix = "gateway")
interface GatewayConfig {

    /**
     * Longest time from SIGTERM to the end of the process. Too low: webhooks are cut off and delivered again. Too high: it exceeds
     * the pod's grace period, and the process is killed.
     */
    @WithDefault("25s")
    Duration shutdownTimeout();
}
