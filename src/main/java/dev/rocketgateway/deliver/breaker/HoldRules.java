package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;
import java.util.Optional;

/** Decides what a subscription does while its messages are held. */
public final class HoldRules {

    private HoldRules() {}

    /**
     * The reason to park the subscription: to stop consumption until the next probe. Otherwise, messages and threads would be held
     * for too long.
     *
     * @param probing whether the consumption started with a probe and no probe has succeeded yet; if the probe fails, the
     *     subscription parks again
     * @return empty if the subscription need not park
     */
    public static Optional<Hold> whyToPark(DeliveryGate gate, CircuitBreakerPolicy breaker, boolean probing) {
        var hold = gate.hold();
        if (hold.isEmpty() || gate.waiting() == 0) {
            return Optional.empty();
        }
        var nextProbeIn = gate.nextProbeIn();
        boolean park = nextProbeIn.compareTo(breaker.parkAfter()) > 0
                || probing && nextProbeIn.compareTo(Duration.ZERO) > 0
                || !probing && gate.heldFor().compareTo(breaker.parkAfter()) > 0;
        return park ? hold : Optional.empty();
    }

    /** Whether to pause the subscription, because its endpoint has failed for the configured time. */
    public static boolean failsForTooLong(DeliveryGate gate, CircuitBreakerPolicy breaker) {
        return breaker.autoPauseAfter()
                        .filter(limit -> gate.failingFor().compareTo(limit) > 0)
                        .isPresent()
                && gate.hold()
                        .filter(hold -> hold.reason().equals(Hold.ENDPOINT_FAILING))
                        .isPresent();
    }

    /**
     * Whether a change removes the reason why messages are held. A new URL has not failed yet, and a resumption means: try the
     * endpoint now. After a 410, any change that leaves the subscription active
     * removes the reason.
     */
    public static boolean isOver(DeliveryGate gate, Subscription before, Subscription next) {
        boolean gone =
                gate.hold().filter(hold -> hold.reason().equals(Hold.GONE)).isPresent();
        return !next.endpoint().map(Endpoint::url).equals(before.endpoint().map(Endpoint::url))
                || next.isResumedSince(before)
                || gone && next.state() == Subscription.State.ACTIVE && next.generation() > before.generation();
    }
}
