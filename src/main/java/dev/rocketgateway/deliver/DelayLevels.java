package dev.rocketgateway.deliver;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The delays that a broker supports for redeliveries ({@code messageDelayLevel}). Levels count from 1. A higher level never has a
 * shorter delay.
 *
 * @param exact whether every other delay is possible too, as for leases; the levels are then only the default delays
 */
public record DelayLevels(List<Duration> delays, boolean exact) {

    private static final Pattern BETWEEN = Pattern.compile("\\s+");

    /** The default delays of a broker. */
    public static final DelayLevels DEFAULT = parse("1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h");

    /** Every delay is possible; the default delays are those of a broker. */
    public static final DelayLevels EXACT = new DelayLevels(DEFAULT.delays(), true);

    /** By default, the broker uses level 3 after the first attempt, and the next level after each further attempt. */
    private static final int LEVEL_BEFORE_THE_FIRST_RETRY = 2;

    /**
     * @throws IllegalArgumentException if there is no delay
     */
    public DelayLevels {
        delays = List.copyOf(delays);
        if (delays.isEmpty()) {
            throw new IllegalArgumentException("a broker must have at least one delay level");
        }
    }

    /**
     * Creates the levels of a broker that supports no other delays.
     *
     * @throws IllegalArgumentException if there is no delay
     */
    public DelayLevels(List<Duration> delays) {
        this(delays, false);
    }

    /**
     * Reads the broker's own notation, such as {@code 1s 5s 2h}.
     *
     * @throws IllegalArgumentException if the string is not in this notation
     */
    public static DelayLevels parse(String text) {
        return new DelayLevels(Arrays.stream(BETWEEN.split(text.strip()))
                .map(DelayLevels::duration)
                .toList());
    }

    private static Duration duration(String text) {
        int unit = text.length() - 1;
        if (unit < 1) {
            throw notADelay(text);
        }
        long number = Long.parseLong(text.substring(0, unit));
        return switch (text.charAt(unit)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            case 'd' -> Duration.ofDays(number);
            default -> throw notADelay(text);
        };
    }

    /** The first level with at least the wanted delay; the last level if all delays are shorter. */
    public int levelFor(Duration wanted) {
        for (int level = 1; level <= delays.size(); level++) {
            if (delay(level).compareTo(wanted) >= 0) {
                return level;
            }
        }
        return delays.size();
    }

    /**
     * The delay of a level.
     *
     * @param level 1 or more; a level above the last means the last level, as for the broker
     */
    public Duration delay(int level) {
        return delays.get(Math.min(level, delays.size()) - 1);
    }

    /** The delay that the broker applies for a wanted delay: the wanted delay, rounded up to a supported one. */
    public Duration roundedUp(Duration wanted) {
        return exact ? wanted : delay(levelFor(wanted));
    }

    /**
     * The default delay of the broker after a failed attempt.
     *
     * @param attempt number of the failed attempt, from 1
     */
    public Duration afterAttempt(int attempt) {
        return delay(LEVEL_BEFORE_THE_FIRST_RETRY + attempt);
    }

    private static IllegalArgumentException notADelay(String text) {
        return new IllegalArgumentException(
                "the broker's messageDelayLevel has '%s', which is not a delay such as 10s or 5m".formatted(text));
    }
}
