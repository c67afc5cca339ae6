package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstantsTest {

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T18:30:00Z,1795372200000",
        "2026-11-22t18:30:00z,1795372200000",
        "2026-11-22T18:30:00.5Z,1795372200500",
        "2026-11-22T19:30:00+01:00,1795372200000",
        "1795372200000,1795372200000",
        "0000-01-01T00:00:00Z,-62167219200000",
        "9999-12-31T23:59:59Z,253402300799000",
    })
    void readsBothNotations(String text, long epochMillis) {
        assertThat(Instants.parse(text)).isEqualTo(Instant.ofEpochMilli(epochMillis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2026-11-22",
                "2026-11-22T18:30:00",
                "2026-02-30T00:00:00Z",
                "-1",
                "9999999999999999",
                "-999999999-01-01T00:00:00Z",
                "-0001-12-31T23:59:59Z",
                "+10000-01-01T00:00:00Z",
                "+999999999-12-31T23:59:59Z"
            })
    void refusesAnythingElse(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Instants.parse(text))
                .withMessageContaining("'%s' is not a time".formatted(text));
    }

    @Test
    void takesNoSecondsForMilliseconds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Instants.parse("1795372200"))
                .withMessageContaining("write milliseconds");
    }
}
