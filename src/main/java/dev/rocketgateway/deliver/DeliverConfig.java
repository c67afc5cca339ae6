package dev.rocketgateway.deliver;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How subscriptions are kept running. */
@ConfigMapping(prefix = "gateway.deliver")
public interface DeliverConfig {

    /** How often what should run is compared with what runs. Too high starts subscriptions late after an outage. */
    @WithDefault("5s")
    Duration reconcileInterval();

    /** How often the backlog of each subscription is looked at. Too low asks the brokers again and again. */
    @WithDefault("15s")
    Duration watchInterval();

    /**
     * How far the clocks of gateway and brokers may be apart. Where the start of a subscription from LATEST could not be set on a broker
     * when it was created, it begins there this long before its creation. Too low can lose messages published right after the creation;
     * too high delivers older ones.
     */
    @WithDefault("10s")
    Duration clockTolerance();

    /** How long `:pause` and `:resume` wait for the subscription to follow before they answer. Too low answers with a phase that is about to end. */
    @WithDefault("5s")
    Duration actionWait();

    /** Topic for events about subscriptions: held, recovered, paused, failed, dead-lettered. Without it there are none. */
    Optional<String> eventsTopic();
}
