package dev.rocketgateway.deliver;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The delays a broker offers for a redelivery ({@code messageDelayLevel}); it knows no others. Levels count from 1, and the
 * delays do not get shorter from one to the next.
 */
public record DelayLevels(List<Duration> delays) {

    private static final Pattern BETWEEN = Pattern.compile("\\s+");

    /** Those of a broker nobody has configured otherwise. */
    public static final DelayLevels DEFAULT = parse("1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h");

    /** Left to itself, the broker takes level 3 after the first attempt and one more after each further one. */
    private static final int LEVEL_BEFORE_THE_FIRST_RETRY = 2;

    /**
     * @throws IllegalArgumentException if there is none
     */
    public DelayLevels {
        delays = List.copyOf(delays);
        if (delays.isEmpty()) {
            throw new IllegalArgumentException("a broker must have at least one delay level");
        }
    }

    /**
     * Reads the broker's own notation, such as {@code 1s 5s 2h}.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static DelayLevels parse(String text) {
        return new DelayLevels(Arrays.stream(BETWEEN.split(text.strip()))
                .map(DelayLevels::duration)
                .toList());
    }

    private static Duration duration(String text) {
        int unit = text.length() - 1;
        if (unit < 1) {
            throw new IllegalArgumentException("'%s' is not a delay".formatted(text));
        }
        long number = Long.parseLong(text.substring(0, unit));
        return switch (text.charAt(unit)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            case 'd' -> Duration.ofDays(number);
            default -> throw new IllegalArgumentException("'%s' is not a delay".formatted(text));
        };
    }

    /** The first level that is not shorter than what is wanted; the last if all are. */
    public int levelFor(Duration wanted) {
        for (int level = 1; level <= delays.size(); level++) {
            if (delay(level).compareTo(wanted) >= 0) {
                return level;
            }
        }
        return delays.size();
    }

    /**
     * @param level 1 or more; above the last it is the last, as the broker has it
     */
    public Duration delay(int level) {
        return delays.get(Math.min(level, delays.size()) - 1);
    }

    /** What really comes of a wanted delay. */
    public Duration roundedUp(Duration wanted) {
        return delay(levelFor(wanted));
    }

    /**
     * What the broker takes by itself.
     *
     * @param attempt the one that failed, from 1
     */
    public Duration afterAttempt(int attempt) {
        return delay(LEVEL_BEFORE_THE_FIRST_RETRY + attempt);
    }
}
