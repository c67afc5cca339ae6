package dev.rocketgateway;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The service as a whole. */
@ConfigMapping(prefix = "gateway")
interface GatewayConfig {

    /** Time from SIGTERM to the end. Too low cuts webhooks off, which repeats them; keep it below the pod's grace period. */
    @WithDefault("25s")
    Duration shutdownTimeout();
}
