package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;
import java.util.Optional;

/**
 * Limits on the concurrency and the rate of webhooks.
 *
 * @param maxInFlight maximum number of webhooks in flight, per replica
 * @param ratePerSecond maximum number of webhooks per second, per replica
 */
public record Delivery(int maxInFlight, Optional<Double> ratePerSecond) {

    public static final Bounds<Integer> MAX_IN_FLIGHT = new Bounds<>("delivery.maxInFlight", 1, 256);

    /** The lowest rate. With a lower rate, messages would wait longer than the client allows. */
    static final double MIN_RATE = 1.0 / 300;

    static final double MAX_RATE = 1_000_000;

    public Delivery {
        new Faults()
                .check(MAX_IN_FLIGHT, maxInFlight)
                .require(
                        ratePerSecond.isEmpty() || ratePerSecond.get() >= MIN_RATE && ratePerSecond.get() <= MAX_RATE,
                        "delivery.ratePerSecond",
                        "must be from 0.00334 (one in 300 s) to 1000000")
                .throwIfAny();
    }
}
