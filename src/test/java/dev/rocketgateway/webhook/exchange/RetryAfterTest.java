package dev.rocketgateway.webhook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    /** The rows of {@link RetryAfter}. Without a duration there is none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | | PT0S",
                "120 | | PT2M",
                "' 7 ' | | PT7S",
                "604801 | | P7D",
                "99999999999999999999999 | | P7D",
                "-1 | | ",
                "1.5 | | ",
                "soon | | ",
                "'' | | ",
                "' ' | | ",
                "1e3 | | ",
                "0x10 | | ",
                // The three formats, from a Date an hour ahead of our clock.
                "Sun, 22 Nov 2026 11:00:30 GMT | Sun, 22 Nov 2026 11:00:00 GMT | PT30S",
                "Sunday, 22-Nov-26 11:00:30 GMT | Sun, 22 Nov 2026 11:00:00 GMT | PT30S",
                "Sun Nov 22 11:00:30 2026 | Sunday, 22-Nov-26 11:00:00 GMT | PT30S",
                "Sun Nov  8 11:00:30 2026 | Sun Nov  8 11:00:00 2026 | PT30S",
                // Without a Date, from our clock.
                "Sun, 22 Nov 2026 10:01:00 GMT | | PT1M",
                "Sun, 22 Nov 2026 10:01:00 GMT | yesterday | PT1M",
                "Sun, 22 Nov 2026 10:00:00 GMT | | PT0S",
                // Over.
                "Sun, 22 Nov 2026 09:59:59 GMT | | ",
                "Sun, 22 Nov 2026 10:59:59 GMT | Sun, 22 Nov 2026 11:00:00 GMT | ",
                "Sunday, 06-Nov-94 08:49:37 GMT | | ",
                // Far ahead.
                "Tue, 01 Jan 2099 00:00:00 GMT | | ",
                "Thu, 01 Jan 2099 00:00:00 GMT | | P7D",
                "Wednesday, 01-Jan-75 00:00:00 GMT | | ",
                "Sun, 32 Nov 2026 10:01:00 GMT | | ",
                "Sun, 22 Nov 2026 10:01:00 CET | | "
            })
    void saysWhenToComeAgain(String value, String date, Duration expected) {
        assertThat(RetryAfter.parse(value, date, NOW).orElse(null)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = "-")
    void saysNothingWithoutTheHeader(String value) {
        assertThat(RetryAfter.parse(value, null, NOW)).isEmpty();
    }
}
