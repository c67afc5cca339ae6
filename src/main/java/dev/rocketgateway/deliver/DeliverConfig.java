package dev.rocketgateway.deliver;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How subscriptions are kept running. */
@ConfigMapping(prefix = "gateway.deliver")
public interface DeliverConfig {

    /** How often what should run is compared with what runs. Too high starts subscriptions late after an outage. */
    @WithDefault("5s")
    Duration reconcileInterval();
}
