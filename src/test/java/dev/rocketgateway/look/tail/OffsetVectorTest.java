package dev.rocketgateway.look.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.look.TopicReads.Queue;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetVectorTest {

    private static OffsetVector vector(long start, Object... queues) {
        var next = new TreeMap<Queue, Long>();
        for (int i = 0; i < queues.length; i += 3) {
            next.put(new Queue((String) queues[i], (int) queues[i + 1]), ((Integer) queues[i + 2]).longValue());
        }
        return new OffsetVector(start, next);
    }

    @Test
    void writesTheOffsetsOfEachBroker() {
        assertThat(vector(7, "broker-a", 0, 12, "broker-a", 1, 5, "broker-a", 3, 9, "broker-b", 1, 0))
                .hasToString("7~broker-a:12.5.-.9,broker-b:-.0");
        assertThat(vector(0)).hasToString("0~");
    }

    @Test
    void readsWhatItWrote() {
        var vectors = new OffsetVector[] {
            vector(0),
            vector(7, "broker-a", 0, 12, "broker-a", 3, 9, "broker-b", 1, 0),
            vector(7, "a b:c,d~é.1", 0, 12, "a:", 1, 3)
        };

        assertThat(vectors).allSatisfy(vector -> {
            assertThat(vector.toString()).matches("[!-~]*");
            assertThat(OffsetVector.parse(vector.toString())).isEqualTo(vector);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1~a", "1~a:", "1~a:x", "1~a:1.", "1~:1", "x~a:1", "1~a:1,", "1~a:1;b:1", "1~%:1"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> OffsetVector.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be the id of an event of this stream");
    }

    @Test
    void refusesWhatIsTooLong() {
        assertThatThrownBy(() -> OffsetVector.parse("1~a:" + "1.".repeat(20_000) + "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be the id of an event of this stream");
    }
}
