package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {

    @ParameterizedTest
    @CsvSource({
        "7F0000010A9B18B4AAC20B3F1C2D0000, 7F0000010A9B18B4AAC20B3F1C2D0000",
        "bestellung-ü, bestellung-%C3%BC",
        "'a\nb', a%0Ab",
        "'a\r\nb\t', a%0D%0Ab%09",
        "'x subscription=y', x%20subscription=y",
        "'\u001B[31m', %1B[31m",
        "'\u2028\u202E\u0085', %E2%80%A8%E2%80%AE%C2%85",
        "'100%', 100%"
    })
    void staysOneFieldOfOneLine(String text, String inTheLog) {
        assertThat(LogText.value(text)).isEqualTo(inTheLog);
    }

    @Test
    void keepsTheSpacesOfASentence() {
        assertThat(LogText.sentence("the endpoint answered 500\n")).isEqualTo("the endpoint answered 500%0A");
    }

    @Test
    void cutsWhatIsTooLongBetweenCharacters() {
        assertThat(LogText.value("x".repeat(30_000))).isEqualTo("x".repeat(256) + "...(30000%20characters)");
        assertThat(LogText.value("x".repeat(255) + "😀")).isEqualTo("x".repeat(255) + "...(257%20characters)");
        assertThat(LogText.line("x".repeat(300) + "\n")).isEqualTo("x".repeat(300) + "%0A");
    }
}
