package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Settings of retries: how often and when the gateway repeats a failed delivery.
 *
 * @param maxAttempts number of deliveries of one message, including the first, before it becomes a dead letter
 * @param schedule delays after each failure; the last delay applies to all later failures; empty for the broker's delays
 * @param honorRetryAfter whether an endpoint may request a longer delay
 * @param retryAfterMax longest delay that an endpoint may request
 * @param onExhausted what happens to a message that the gateway would give up
 */
public record RetryPolicy(
        int maxAttempts,
        Optional<List<Duration>> schedule,
        boolean honorRetryAfter,
        Duration retryAfterMax,
        OnExhausted onExhausted) {

    /** What happens to a message that the gateway would give up. */
    public enum OnExhausted {
        /** The message becomes a dead letter. In an ordered subscription, the next message of its queue follows. */
        DEAD_LETTER,
        /** Ordered only: the message stays at the head of its queue, and the gateway retries it until it is delivered. */
        BLOCK
    }

    public static final Bounds<Integer> MAX_ATTEMPTS = new Bounds<>("retry.maxAttempts", 1, 100);
    public static final Bounds<Duration> DELAY =
            new Bounds<>("retry.schedule", Duration.ofSeconds(1), Duration.ofHours(2));
    public static final Bounds<Duration> RETRY_AFTER_MAX =
            new Bounds<>("retry.retryAfterMax", Duration.ofSeconds(1), Duration.ofHours(2));
    static final int MAX_DELAYS = 100;

    public RetryPolicy {
        schedule = schedule.map(List::copyOf);
        var delays = schedule.orElse(List.of());
        var faults = new Faults()
                .check(MAX_ATTEMPTS, maxAttempts)
                .check(RETRY_AFTER_MAX, retryAfterMax)
                .require(
                        delays.size() <= MAX_DELAYS && !schedule.equals(Optional.of(List.of())),
                        "retry.schedule",
                        "must have 1 to %d delays".formatted(MAX_DELAYS));
        delays.forEach(delay -> faults.check(DELAY, delay));
        faults.throwIfAny();
    }
}
