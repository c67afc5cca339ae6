package dev.rocketgateway.message;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks times in the format of RFC 3339, section 5.6: with any number of fraction digits, with upper-case or lower-case letters,
 * and with leap seconds. {@code java.time} accepts fewer forms.
 */
final class Rfc3339 {

    private static final Pattern TIME = Pattern.compile("(\\d{4})-(\\d\\d)-(\\d\\d)[Tt](\\d\\d):(\\d\\d):(\\d\\d)"
            + "(?:\\.\\d+)?(?<offset>[Zz]|([+-])(\\d\\d):(\\d\\d))?");
    private static final String EXAMPLE = "write one such as 2026-01-01T10:00:00Z or 2026-01-01T11:00:00+01:00";

    private Rfc3339() {}

    /** What is wrong with the time, or null. */
    static @Nullable String faultOf(String text) {
        var parts = TIME.matcher(text);
        if (!parts.matches()) {
            return "is '%s', which is not a time of RFC 3339; %s".formatted(text, EXAMPLE);
        }
        if (parts.group("offset") == null) {
            return "is '%s', which has no offset; %s".formatted(text, EXAMPLE);
        }
        int hours = parts.group(9) == null ? 0 : Integer.parseInt(parts.group(9));
        int minutes = parts.group(10) == null ? 0 : Integer.parseInt(parts.group(10));
        int second = Integer.parseInt(parts.group(6));
        try {
            var time = LocalDateTime.of(
                    Integer.parseInt(parts.group(1)),
                    Integer.parseInt(parts.group(2)),
                    Integer.parseInt(parts.group(3)),
                    Integer.parseInt(parts.group(4)),
                    Integer.parseInt(parts.group(5)),
                    Math.min(second, 59));
            long offset = ("-".equals(parts.group(8)) ? -1 : 1) * (hours * 60L + minutes);
            boolean legal = hours < 24 && minutes < 60 && (second < 60 || isLeap(second, time.minusMinutes(offset)));
            return legal ? null : "is '%s', a time that does not exist; %s".formatted(text, EXAMPLE);
        } catch (DateTimeException e) {
            return "is '%s', a time that does not exist; %s".formatted(text, EXAMPLE);
        }
    }

    /** Leap seconds are at the end of a month in UTC (section 5.7). */
    private static boolean isLeap(int second, LocalDateTime utc) {
        return second == 60
                && utc.getHour() == 23
                && utc.getMinute() == 59
                && utc.toLocalDate().plusDays(1).getDayOfMonth() == 1;
    }
}
