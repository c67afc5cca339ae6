package dev.rocketgateway.message;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Pattern;

/** Parses times: RFC 3339, {@code 2026-11-22T18:30:00Z}, or milliseconds since 1970. */
public final class Instants {

    /** A time with a space before its offset: a plus sign that was not percent-encoded in a query. */
    private static final Pattern BLANK_OFFSET = Pattern.compile(".*[Tt]\\S+ \\d{2}:?\\d{2}");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}");

    /**
     * The least accepted number: a time of 1973 in milliseconds. Smaller numbers are probably seconds, which stay below this limit
     * for another thousand years.
     */
    private static final long LEAST_MILLIS = 100_000_000_000L;

    private Instants() {}

    /**
     * Parses a time.
     *
     * @throws IllegalArgumentException if the string has neither format, or is probably a number of seconds; the message says which
     */
    public static Instant parse(String text) {
        if (NUMBER.matcher(text).matches()) {
            long millis = Long.parseLong(text);
            if (millis < LEAST_MILLIS) {
                throw new IllegalArgumentException(
                        "'%s' is a time before 1973; write milliseconds since 1970, not seconds".formatted(text));
            }
            return Instant.ofEpochMilli(millis);
        }
        if (BLANK_OFFSET.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%s' has a space before the offset. In a query, '+' means a space; write '+' as %%2B"
                            .formatted(text));
        }
        try {
            var time = OffsetDateTime.parse(text);
            // RFC 3339 has years of four digits. Java also reads years that have no number of milliseconds.
            if (time.getYear() < 0 || time.getYear() > 9999) {
                throw new DateTimeException("year");
            }
            return time.toInstant();
        } catch (DateTimeException notRfc3339) {
            throw new IllegalArgumentException(
                    "'%s' is not a time; write RFC 3339 such as 2026-11-22T18:30:00Z, or milliseconds since 1970"
                            .formatted(text),
                    notRfc3339);
        }
    }
}
