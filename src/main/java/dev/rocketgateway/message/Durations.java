package dev.rocketgateway.message;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Parses and formats durations: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 1d} or ISO-8601. */
public final class Durations {

    private static final Pattern SHORT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,12}");

    /** The units by their symbol, the largest first. */
    private static final Map<String, Duration> UNITS = largestFirst();

    private Durations() {}

    private static Map<String, Duration> largestFirst() {
        var units = new LinkedHashMap<String, Duration>();
        units.put("d", Duration.ofDays(1));
        units.put("h", Duration.ofHours(1));
        units.put("m", Duration.ofMinutes(1));
        units.put("s", Duration.ofSeconds(1));
        units.put("ms", Duration.ofMillis(1));
        return Collections.unmodifiableMap(units);
    }

    /**
     * Parses a duration.
     *
     * @throws IllegalArgumentException if the string has neither format; the message shows both
     */
    public static Duration parse(String text) {
        var matcher = SHORT.matcher(text);
        if (matcher.matches()) {
            var unit = Objects.requireNonNull(UNITS.get(matcher.group(2)), "the pattern has a unit that UNITS lacks");
            return unit.multipliedBy(Long.parseLong(matcher.group(1)));
        }
        if (NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%1$s' has no unit; write %1$ss for seconds, or %1$sms for milliseconds".formatted(text));
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException notIso) {
            throw new IllegalArgumentException(
                    "'%s' is not a duration; write 500ms, 10s, 2m, 1h or ISO-8601 such as PT10S".formatted(text),
                    notIso);
        }
    }

    /** Formats the duration in its largest whole unit: {@code 1500ms}, {@code 90s}, {@code 2m}, {@code 3d}. */
    public static String format(Duration duration) {
        for (var unit : UNITS.entrySet()) {
            if (!duration.isZero() && duration.toMillis() % unit.getValue().toMillis() == 0) {
                return duration.toMillis() / unit.getValue().toMillis() + unit.getKey();
            }
        }
        return duration.toMillis() + "ms";
    }
}
