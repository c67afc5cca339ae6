package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "500ms,PT0.5S,500ms",
        "10s,PT10S,10s",
        "2m,PT2M,2m",
        "90m,PT1H30M,90m",
        "1d,PT24H,1d",
        "PT1.5S,PT1.5S,1500ms",
        "PT0S,PT0S,0ms"
    })
    void readsBothNotations(String text, Duration duration, String formatted) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.format(duration)).isEqualTo(formatted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5 s", "-5s", "5sec", "1.5s", "99999999999999999999s"})
    void refusesTheRestAndShowsBothNotations(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("500ms")
                .hasMessageContaining("PT10S");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "0", "1000"})
    void namesTheUnitThatIsMissing(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .hasMessage("'%1$s' has no unit; write %1$ss for seconds, or %1$sms for milliseconds".formatted(text));
    }
}
