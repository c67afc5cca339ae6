package dev.rocketgateway.subscription.document;

import static dev.rocketgateway.subscription.document.Field.Type.BOOLEAN;
import static dev.rocketgateway.subscription.document.Field.Type.NUMBER;

import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Settings of the circuit breaker for a failing endpoint, as strings; part of {@link SubscriptionsConfig}. */
public interface CircuitBreakerConfig {

    /** Whether the circuit breaker can open. False: every failure costs an attempt. */
    @Field(BOOLEAN)
    @WithDefault("true")
    Optional<String> enabled();

    /**
     * Percentage of attempts in the window that must fail to open the circuit breaker, 1 to 100. Too low: a few
     * failures stop delivery. Too high: an outage costs many attempts.
     */
    @Field(NUMBER)
    @WithDefault("50")
    Optional<String> failurePercent();

    /**
     * Minimum number of attempts in the window to open the circuit breaker, 1 to 10000. Too low: a single failure
     * stops delivery. Too high: an outage costs many attempts.
     */
    @Field(NUMBER)
    @WithDefault("10")
    Optional<String> minimumRequests();

    /**
     * Length of the window, 1s to 10m. Too short: slow endpoints never reach the minimum of attempts. Too long: old
     * failures count.
     */
    @WithDefault("30s")
    Optional<String> window();

    /**
     * Time of the first opening, until the first probe, 1s to 1h; doubled after each probe that fails. Too low: a
     * failing endpoint gets no rest. Too high: delivery resumes late.
     */
    @WithDefault("30s")
    Optional<String> open();

    /**
     * Longest time of an opening, up to 1d. Too low: many probes during a long outage. Too high: delivery resumes
     * late.
     */
    @WithDefault("5m")
    Optional<String> maxOpen();

    /**
     * How long messages are held before the consumer stops, 1s to 10m. Too low: short outages stop the consumer. Too
     * high: messages and threads are held for long.
     */
    @WithDefault("2m")
    Optional<String> parkAfter();

    /**
     * Time of failure after which the subscription is paused, 1m to 30d. Too low: a long outage needs a manual
     * resumption. Not set: never.
     */
    Optional<String> autoPauseAfter();
}
