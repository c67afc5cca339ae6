package dev.rocketgateway.subscription.fault;

import dev.rocketgateway.message.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The smallest and the largest allowed value of a field, both included. */
public record Bounds<T extends Comparable<T>>(String field, T least, T most) {

    /** The fault of the value, or null. */
    @Nullable
    public String faultOf(T value) {
        return value.compareTo(least) < 0 || value.compareTo(most) > 0
                ? "must be from %s to %s".formatted(text(least), text(most))
                : null;
    }

    private static String text(Object bound) {
        return bound instanceof Duration duration ? Durations.format(duration) : bound.toString();
    }
}
