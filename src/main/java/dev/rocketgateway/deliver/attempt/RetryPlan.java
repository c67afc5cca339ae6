package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.subscription.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Calculates when a message is delivered again after a failed attempt.
 *
 * @param levels the delays that the broker supports; every other delay is rounded up to a supported one
 */
public record RetryPlan(RetryPolicy settings, DelayLevels levels) {

    /**
     * The delay from a failed attempt to the next delivery.
     *
     * @param attempt number of the failed attempt, from 1
     * @param retryAfter the delay that the endpoint requested
     * @return the wanted delay; empty for the broker's default, which uses the next level after each attempt
     */
    Optional<Duration> after(int attempt, Optional<Duration> retryAfter) {
        if (retryAfter.isEmpty() || !settings.honorRetryAfter()) {
            return settings.schedule().map(schedule -> planned(schedule, attempt));
        }
        var asked = retryAfter.get();
        var planned = planned(attempt);
        var wanted = asked.compareTo(planned) > 0 ? asked : planned;
        return Optional.of(wanted.compareTo(settings.retryAfterMax()) > 0 ? settings.retryAfterMax() : wanted);
    }

    /** The delay that the broker applies for the result of {@link #after}. */
    public Duration effective(int attempt, Optional<Duration> retryAfter) {
        return after(attempt, retryAfter).map(levels::roundedUp).orElseGet(() -> levels.afterAttempt(attempt));
    }

    /** Whether another attempt may follow the attempt with this number. */
    boolean allows(int attempt) {
        return attempt < settings.maxAttempts();
    }

    /** The actual delays after the first attempt, the second attempt, and so on. */
    public List<Duration> effective() {
        return IntStream.range(1, settings.maxAttempts())
                .mapToObj(this::planned)
                .map(levels::roundedUp)
                .toList();
    }

    private Duration planned(int attempt) {
        return settings.schedule()
                .map(schedule -> planned(schedule, attempt))
                .orElseGet(() -> levels.afterAttempt(attempt));
    }

    private static Duration planned(List<Duration> schedule, int attempt) {
        return schedule.get(Math.min(attempt, schedule.size()) - 1);
    }
}
