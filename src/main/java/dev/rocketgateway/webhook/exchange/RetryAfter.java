package dev.rocketgateway.webhook.exchange;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Parses {@code Retry-After}: when an endpoint wants the next request (RFC 9110, 10.2.3).
 *
 * <pre>
 * Retry-After                         | delay
 * ------------------------------------|---------------------------------------------------------
 * 120                                 | 2 minutes
 * a date, in any of its three formats | from the response's Date, or from now if that is invalid
 * more than 7 days                    | 7 days
 * a past date, -1, soon               | none
 * </pre>
 */
final class RetryAfter {

    static final Duration LONGEST = Duration.ofDays(7);

    private RetryAfter() {}

    /**
     * @param value value of {@code Retry-After}
     * @param date value of {@code Date}. If {@code Retry-After} is a date too, the delay is the difference of both dates. It is
     *     right even if the endpoint's clock is wrong.
     */
    static Optional<Duration> parse(@Nullable String value, @Nullable String date, Instant now) {
        if (value == null) {
            return Optional.empty();
        }
        var text = value.strip();
        if (text.matches("\\d+")) {
            return Optional.of(text.length() > 9 ? LONGEST : atMost(Duration.ofSeconds(Long.parseLong(text))));
        }
        return date(text, now)
                .map(until -> Duration.between(
                        date(date == null ? "" : date.strip(), now).orElse(now), until))
                .filter(delay -> !delay.isNegative())
                .map(RetryAfter::atMost);
    }

    private static Duration atMost(Duration delay) {
        return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    }

    private static Optional<Instant> date(String text, Instant now) {
        for (var format : formats(now)) {
            try {
                return Optional.of(LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException notThisOne) {
                // Another format, or not a date.
            }
        }
        return Optional.empty();
    }

    /** The three date formats of RFC 9110, 5.6.7. A year of two digits is never more than 50 years ahead. */
    private static List<DateTimeFormatter> formats(Instant now) {
        int year = now.atZone(ZoneOffset.UTC).getYear();
        return List.of(
                DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH),
                new DateTimeFormatterBuilder()
                        .appendPattern("EEEE, dd-MMM-")
                        .appendValueReduced(ChronoField.YEAR, 2, 2, year - 49)
                        .appendPattern(" HH:mm:ss 'GMT'")
                        .toFormatter(Locale.ENGLISH),
                DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH));
    }
}
