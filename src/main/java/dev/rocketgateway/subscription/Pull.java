package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;
import java.time.Duration;

/**
 * Settings of a pull subscription: workers receive its messages with leases and acknowledge them.
 *
 * @param visibility default length of a lease. The broker hides a leased message from other workers; if nobody acknowledges the
 *     message before the lease ends, the message comes again
 */
public record Pull(Duration visibility) implements Subscription.Destination {

    /** Brokers accept leases of up to three days, and do not count longer leases correctly. */
    public static final Bounds<Duration> VISIBILITY =
            new Bounds<>("pull.visibility", Duration.ofSeconds(10), Duration.ofHours(12));

    public Pull {
        new Faults().check(VISIBILITY, visibility).throwIfAny();
    }
}
