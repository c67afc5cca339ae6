package dev.rocketgateway.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a subscription does, on this replica.
 *
 * @param phase {@code STARTING}, {@code RUNNING}, {@code HOLDING}, {@code PARKED}, {@code DRAINING}, {@code PAUSED} or {@code FAILED}
 * @param reason why it is not running, or what keeps it from receiving, for people
 * @param observedGeneration the generation that runs; 0 if none does
 * @param retryDelays the delays after each failed attempt, as the broker keeps them
 * @param lagMessages messages that wait in the broker
 * @param lagSeconds age of the oldest of them
 * @param inFlight webhooks under way
 * @param held messages that wait in this replica for the endpoint
 * @param nextTry when the next webhook goes out, while all are held back
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

    /** The last webhook that failed, and how. */
    public record LastFailure(Instant at, String outcome, String detail) {}
}
