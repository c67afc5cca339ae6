package dev.rocketgateway.rocketmq.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.rocketmq.common.producer.RecallMessageHandle.HandleV1;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecallHandleTest {

    private static String encoded(String words) {
        return Base64.getUrlEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsTheHandlesOfBrokers() {
        assertThat(RecallHandle.parse(HandleV1.buildHandle("demo", "broker-a", "1763833600001", "7F00")))
                .isEqualTo(new RecallHandle("demo", "broker-a", 1_763_833_600_001L, "7F00"));
    }

    /** Shells and browsers may drop the padding. */
    @Test
    void readsAHandleWithoutPadding() {
        var handle = HandleV1.buildHandle("demo", "broker-a", "1763833600001", "7F001")
                .replace("=", "");

        assertThat(RecallHandle.parse(handle).messageId()).isEqualTo("7F001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v1 demo broker-a 1763833600001",
                "v1 demo broker-a 1763833600001 7F00 more",
                "v2 demo broker-a 1763833600001 7F00",
                "v1 demo broker-a soon 7F00",
                "v1 demo broker-a -1 7F00",
                "v1 demo broker-a 9999999999999999999 7F00",
                "v1  broker-a 1763833600001 7F00",
                "v1 de\nmo broker-a 1763833600001 7F00"
            })
    void refusesOtherWords(String words) {
        assertNoHandle(encoded(words));
    }

    @Test
    void refusesWhatIsNotBase64OrNotUtf8OrTooLong() {
        assertNoHandle("7F0000012B6A18B4AAC24F1A2B3C000!");
        assertNoHandle(Base64.getUrlEncoder().encodeToString(new byte[] {'v', '1', ' ', (byte) 0xFF}));
        assertNoHandle(encoded("v1 demo broker-a 1763833600001 " + "x".repeat(1000)));
    }

    private static void assertNoHandle(String text) {
        assertThatThrownBy(() -> RecallHandle.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a recall handle");
    }
}
