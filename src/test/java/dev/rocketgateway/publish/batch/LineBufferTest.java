package dev.rocketgateway.publish.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineBufferTest {

    private static final int MAX_LINE = 10;

    @ParameterizedTest
    @CsvSource({"0, 5000, 1000", "0, 10, 10", "1000, 5000, 953", "32000, 5000, 32", "10000000, 5000, 1"})
    void handsOnFewerLinesAtOnceTheMoreGoesWithEach(int perLine, int most, int linesOfAPiece) {
        var lines = new LineBuffer(MAX_LINE, perLine, most);
        lines.add("a\n".repeat(5000).getBytes(StandardCharsets.US_ASCII));

        assertThat(lines.isPieceFull()).isTrue();
        assertThat(lines.heldBytes()).isGreaterThan((long) perLine * linesOfAPiece);
        assertThat(lines.nextPiece()).hasSize(linesOfAPiece);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "100"})
    void readsTheSameLinesHoweverTheyAreCut(int chunkSize) {
        var text = "one\r\n\n \t\n0123456789\r\n0123456789a\ntwo".getBytes(StandardCharsets.US_ASCII);
        var lines = new LineBuffer(MAX_LINE, 0, 1000);
        for (int i = 0; i < text.length; i += chunkSize) {
            lines.add(Arrays.copyOfRange(text, i, Math.min(text.length, i + chunkSize)));
        }
        lines.end();

        var read = new ArrayList<String>();
        lines.nextPiece()
                .forEach(line ->
                        read.add(line.tooLong() ? "too long" : new String(line.bytes(), StandardCharsets.US_ASCII)));
        assertThat(read).containsExactly("one", "0123456789", "too long", "two");
    }

    @Test
    void countsWhatItHolds() {
        var lines = new LineBuffer(MAX_LINE, 0, 1000);
        long empty = lines.heldBytes();

        lines.add("12345678\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(lines.heldBytes()).isGreaterThanOrEqualTo(empty + 8);

        lines.nextPiece();
        assertThat(lines.heldBytes()).isEqualTo(empty);
    }
}
