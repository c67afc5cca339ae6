package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;
import java.util.Optional;

/** What a subscription does about a gate that is closed. */
public final class HoldRules {

    private HoldRules() {}

    /**
     * Why to give up the reception until the next probe: messages must not be held for too long, nor must threads.
     *
     * @param probing whether the reception began with a probe that has not succeeded; the first that fails parks again
     * @return empty if there is no reason
     */
    public static Optional<Hold> whyToPark(DeliveryGate gate, CircuitBreakerPolicy breaker, boolean probing) {
        var hold = gate.hold();
        if (hold.isEmpty() || gate.waiting() == 0) {
            return Optional.empty();
        }
        var opensIn = gate.opensIn();
        boolean park = opensIn.compareTo(breaker.parkAfter()) > 0
                || probing && opensIn.compareTo(Duration.ZERO) > 0
                || !probing && gate.closedFor().compareTo(breaker.parkAfter()) > 0;
        return park ? hold : Optional.empty();
    }

    /** Whether the subscription is to be paused, because its endpoint has been seen to fail for as long as that takes. */
    public static boolean failsForTooLong(DeliveryGate gate, CircuitBreakerPolicy breaker) {
        return breaker.autoPauseAfter()
                        .filter(limit -> gate.failingFor().compareTo(limit) > 0)
                        .isPresent()
                && gate.hold()
                        .filter(hold -> hold.reason().equals(Hold.ENDPOINT_FAILING))
                        .isPresent();
    }

    /**
     * Whether a change does away with what closed the gate: another endpoint has its own failures, and whoever resumes says that
     * it is worth a try now.
     */
    public static boolean isOver(DeliveryGate gate, Subscription before, Subscription next) {
        boolean gone =
                gate.hold().filter(hold -> hold.reason().equals(Hold.GONE)).isPresent();
        return !next.endpoint().url().equals(before.endpoint().url())
                || next.isResumedSince(before)
                || gone && next.state() == Subscription.State.ACTIVE && next.generation() > before.generation();
    }
}
