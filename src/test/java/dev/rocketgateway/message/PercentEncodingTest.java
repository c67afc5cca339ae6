package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentEncodingTest {

    @ParameterizedTest
    @CsvSource({
        "plain,plain",
        "a b,a b",
        "' a ',%20a%20",
        "100%,100%25",
        "a+b,a+b",
        "grün,gr%C3%BCn",
        "世界,%E4%B8%96%E7%95%8C",
        "😀,%F0%9F%98%80",
        "'\"quoted\"',%22quoted%22",
    })
    void encodesWhatAHeaderCannotCarryAndNothingElse(String text, String encoded) {
        assertThat(PercentEncoding.encodeValue(text)).isEqualTo(encoded);
        assertThat(PercentEncoding.decode(encoded)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nevil: header", "\u0000", "\u007f", "tab\t", "\u0080"})
    void letsNoControlCharacterThrough(String text) {
        assertThat(PercentEncoding.encodeValue(text)).matches("[\\x20-\\x7E]*");
        assertThat(PercentEncoding.decode(PercentEncoding.encodeValue(text))).isEqualTo(text);
    }

    @Test
    void encodesNamesToHeaderTokens() {
        assertThat(PercentEncoding.encodeName("a b:c(d)")).isEqualTo("a%20b%3Ac%28d%29");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%2", "%zz", "a%", "%C3", "%FF"})
    void refusesWhatIsNotPercentEncodedUtf8(String text) {
        assertThatThrownBy(() -> PercentEncoding.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsRawUtf8ThatTheServerTookForLatin1() {
        assertThat(PercentEncoding.decode("gr\u00C3\u00BCn")).isEqualTo("grün");
    }
}
