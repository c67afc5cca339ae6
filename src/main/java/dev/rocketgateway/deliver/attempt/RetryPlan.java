package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.subscription.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * When a message comes again after an attempt that failed.
 *
 * @param levels the delays there are; every other is rounded up to one of them
 */
public record RetryPlan(RetryPolicy settings, DelayLevels levels) {

    /**
     * @param attempt the one that failed, from 1
     * @param retryAfter what the endpoint asked for
     * @return empty to leave it to the broker, which takes the next level each time
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

    /** The delay that really comes of {@link #after}. */
    public Duration effective(int attempt, Optional<Duration> retryAfter) {
        return after(attempt, retryAfter).map(levels::roundedUp).orElseGet(() -> levels.afterAttempt(attempt));
    }

    /** Whether another attempt follows this one. */
    boolean allows(int attempt) {
        return attempt < settings.maxAttempts();
    }

    /** The delays that really come of it, after the first attempt, the second, and so on. */
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
