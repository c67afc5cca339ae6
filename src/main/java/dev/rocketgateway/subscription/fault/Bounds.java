package dev.rocketgateway.subscription.fault;

import dev.rocketgateway.message.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** From where to where a field's value may go, both included. */
public record Bounds<T extends Comparable<T>>(String field, T least, T most) {

    /** What is wrong with the value, or null. */
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
