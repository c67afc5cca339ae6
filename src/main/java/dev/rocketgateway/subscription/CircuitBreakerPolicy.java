package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;
import java.time.Duration;
import java.util.Optional;

/**
 * When an endpoint that fails is left alone, and for how long.
 *
 * @param failurePercent so many of the attempts in the window must fail
 * @param minimumRequests and so many attempts there must be
 * @param open how long it is left alone at first; doubled each time it fails again
 * @param maxOpen the longest it is left alone
 * @param parkAfter how long messages are held in this replica before the consumer is stopped
 * @param autoPauseAfter when a subscription whose endpoint never answers is paused; never without it
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

    /** The client gives a message it has held for 15 minutes to somebody else too. */
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
                .require(maxOpen.compareTo(open) >= 0, "circuitBreaker.maxOpen", "must be at least the value of open")
                .check(PARK_AFTER, parkAfter);
        autoPauseAfter.ifPresent(after -> faults.check(AUTO_PAUSE_AFTER, after));
        faults.throwIfAny();
    }
}
