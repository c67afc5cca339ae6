package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the circuit breaker: when it opens for a failing endpoint, and for how long.
 *
 * @param failurePercent percentage of attempts in the window that must fail to open the circuit breaker
 * @param minimumRequests minimum number of attempts in the window to open the circuit breaker
 * @param open how long the circuit breaker stays open before the first probe; doubled each time a probe fails
 * @param maxOpen upper limit of this doubled time
 * @param parkAfter how long this replica holds messages before it stops the consumer
 * @param autoPauseAfter how long the endpoint must fail until the gateway pauses the subscription; empty for never
 */
public record CircuitBreakerPolicy(
        boolean enabled,
        int failurePercent,
        int minimumRequests,
        Duration window,
        Duration open,
        Duration maxOpen,
        Duration parkAfter,
        Optional<Duration> autoPauseAfter) {

    public static final Bounds<Integer> FAILURE_PERCENT = new Bounds<>("circuitBreaker.failurePercent", 1, 100);
    public static final Bounds<Integer> MINIMUM_REQUESTS = new Bounds<>("circuitBreaker.minimumRequests", 1, 10_000);
    public static final Bounds<Duration> WINDOW =
            new Bounds<>("circuitBreaker.window", Duration.ofSeconds(1), Duration.ofMinutes(10));
    public static final Bounds<Duration> OPEN =
            new Bounds<>("circuitBreaker.open", Duration.ofSeconds(1), Duration.ofHours(1));
    public static final Bounds<Duration> MAX_OPEN =
            new Bounds<>("circuitBreaker.maxOpen", Duration.ofSeconds(1), Duration.ofDays(1));

    /** Less than 15 minutes. A message that the RocketMQ client has held for 15 minutes is delivered to another consumer too. */
    public static final Bounds<Duration> PARK_AFTER =
            new Bounds<>("circuitBreaker.parkAfter", Duration.ofSeconds(1), Duration.ofMinutes(10));

    public static final Bounds<Duration> AUTO_PAUSE_AFTER =
            new Bounds<>("circuitBreaker.autoPauseAfter", Duration.ofMinutes(1), Duration.ofDays(30));

    public static final CircuitBreakerPolicy OFF = new CircuitBreakerPolicy(
            false, 1, 1, WINDOW.least(), OPEN.least(), MAX_OPEN.least(), PARK_AFTER.least(), Optional.empty());

    public CircuitBreakerPolicy {
        var faults = new Faults()
                .check(FAILURE_PERCENT, failurePercent)
                .check(MINIMUM_REQUESTS, minimumRequests)
                .check(WINDOW, window)
                .check(OPEN, open)
                .check(MAX_OPEN, maxOpen)
                .require(maxOpen.compareTo(open) >= 0, "circuitBreaker.maxOpen", "must be at least circuitBreaker.open")
                .check(PARK_AFTER, parkAfter);
        autoPauseAfter.ifPresent(after -> faults.check(AUTO_PAUSE_AFTER, after));
        faults.throwIfAny();
    }
}
