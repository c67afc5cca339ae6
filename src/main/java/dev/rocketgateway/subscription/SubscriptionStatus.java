package dev.rocketgateway.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The status of a subscription on this replica.
 *
 * @param phase {@code STARTING}, {@code RUNNING}, {@code HOLDING}, {@code PARKED}, {@code DRAINING}, {@code PAUSED} or {@code FAILED}
 * @param reason why the subscription does not run or the endpoint gets no webhooks, in words
 * @param observedGeneration generation of the subscription that this replica runs; 0 if the subscription does not run
 * @param retryDelays the actual delays after each failed attempt
 * @param lagMessages number of messages that wait in the broker
 * @param lagSeconds age of the oldest waiting message
 * @param inFlight number of webhooks in flight
 * @param held number of messages that wait in this replica for the endpoint
 * @param nextTry when the next webhook is sent, if messages are held
 * @param breaker {@code CLOSED}, {@code OPEN} or {@code HALF_OPEN}
 */
public record SubscriptionStatus(
        String phase,
        Optional<String> reason,
        long observedGeneration,
        List<String> retryDelays,
        Optional<Long> lagMessages,
        Optional<Long> lagSeconds,
        int inFlight,
        int held,
        String breaker,
        Optional<Instant> nextTry,
        Optional<Instant> lastSuccess,
        Optional<LastFailure> lastFailure) {

    public SubscriptionStatus {
        retryDelays = List.copyOf(retryDelays);
    }

    /** The last failed webhook and its outcome. */
    public record LastFailure(Instant at, String outcome, String detail) {}
}
