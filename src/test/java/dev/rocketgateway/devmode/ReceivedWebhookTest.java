package dev.rocketgateway.devmode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceivedWebhookTest {

    private static ReceivedWebhook received(byte[] body) {
        return new ReceivedWebhook(1, Instant.EPOCH, Map.of("rocketmq-topic", "demo"), body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "größe 🚀", "{\"a\":\n\t1}\r\n"})
    void textIsShownAsItIs(String text) {
        var received = received(text.getBytes(StandardCharsets.UTF_8));

        assertThat(received.binary()).isFalse();
        assertThat(received.body()).isEqualTo(text);
    }

    @Test
    void showsBytesThatAreNotTextInHexadecimal() {
        var received = received(new byte[] {'h', 'i', (byte) 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, '!'});

        assertThat(received.binary()).isTrue();
        assertThat(received.size()).isEqualTo(17);
        assertThat(received.body()).isEqualTo("""
                00000000  68 69 ff 00 01 02 03 04 05 06 07 08 09 0a 0b 0c  hi..............
                00000010  21                                               !""");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 27, 127})
    void controlCharactersAreNoText(int character) {
        assertThat(received(new byte[] {'a', (byte) character}).binary()).isTrue();
    }

    @Test
    void aLongDumpSaysHowMuchIsLeftOut() {
        assertThat(received(new byte[5000]).body().lines()).hasSize(65).last().isEqualTo("… 3976 more bytes");
    }
}
