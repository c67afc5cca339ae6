package dev.rocketgateway.deliver;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of running subscriptions. */
@ConfigMapping(prefix = "gateway.deliver")
public interface DeliverConfig {

    /**
     * How often the gateway compares the running subscriptions with those that should run. Too low: failed starts are retried too
     * often. Too high: subscriptions start late after an outage.
     */
    @WithDefault("5s")
    Duration reconcileInterval();

    /**
     * How often the gateway reads the lag of each subscription. Too low: many requests to the brokers. Too high: the metrics of the
     * lag are old.
     */
    @WithDefault("15s")
    Duration watchInterval();

    /**
     * Largest difference between the clocks of gateway and brokers. If the start position LATEST cannot be stored on a broker when
     * a subscription is created, the subscription starts on that broker this long before its creation. Too low: messages published
     * right after the creation can be lost. Too high: older messages are delivered.
     */
    @WithDefault("10s")
    Duration clockTolerance();

    /**
     * How long `:pause` and `:resume` wait for the subscription before they answer. Too low: the response shows a phase that
     * is about to end, such as `DRAINING`. Too high: callers wait for slow endpoints.
     */
    @WithDefault("5s")
    Duration actionWait();

    /**
     * Topic for [events about subscriptions](webhooks.md#events): held, recovered, paused, failed, dead-lettered. If not
     * set, the gateway publishes no events.
     */
    Optional<String> eventsTopic();
}
