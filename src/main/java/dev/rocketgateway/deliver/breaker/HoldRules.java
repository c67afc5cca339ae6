package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;
import java.util.Optional;

/** Decides what a subscription does while its messages are held. */
public final class HoldRules {

    private HoldRules() {}

    /**
     * Why to stop consumption until the next probe, because messages and threads must not be held for too long.
     *
     * @param probing whether consumption started with a probe that has not succeeded yet; if the probe fails, the subscription
     *     parks again
     * @return empty if there is no reason
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
     * Whether a change removes the reason why messages are held. A new endpoint has its own failures, and a resumption asks to try
     * the endpoint now.
     */
    public static boolean isOver(DeliveryGate gate, Subscription before, Subscription next) {
        boolean gone =
                gate.hold().filter(hold -> hold.reason().equals(Hold.GONE)).isPresent();
        return !next.endpoint().url().equals(before.endpoint().url())
                || next.isResumedSince(before)
                || gone && next.state() == Subscription.State.ACTIVE && next.generation() > before.generation();
    }
}
