package dev.rocketgateway.problem.framing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row in one piece, byte by byte, and cut in two everywhere; {@code |} is CR LF. */
class ChunkSyntaxTest {

    private static final String NEXT = "POST / HTTP/1.1|";

    @ParameterizedTest
    @FieldSource("dev.rocketgateway.testing.ChunkedBodies#WELL_FORMED")
    void findsTheEndOfAWellFormedBody(String body) {
        var bytes = bytes(body + NEXT);
        int end = bytes.writerIndex() - bytes(NEXT).writerIndex();
        for (int cut = 0; cut <= end; cut++) {
            var chunks = new ChunkSyntax();
            chunks.begin();

            int first = chunks.follow(bytes, 0, cut);
            assertThat(first).as("cut at %d", cut).isEqualTo(cut);
            assertThat(chunks.isOpen()).isEqualTo(cut < end);

            int second = chunks.follow(bytes, cut, bytes.writerIndex());
            assertThat(second).as("cut at %d", cut).isEqualTo(end);
            assertThat(chunks.isOpen()).isFalse();
            assertThat(chunks.fault()).isNull();
        }
        assertThat(faultByteByByte(bytes)).isNull();
    }

    @ParameterizedTest
    @MethodSource("dev.rocketgateway.testing.ChunkedBodies#malformed")
    void findsTheFault(String body, String fault) {
        var bytes = bytes(body + NEXT);
        for (int cut = 0; cut <= bytes.writerIndex(); cut++) {
            var chunks = new ChunkSyntax();
            chunks.begin();

            chunks.follow(bytes, 0, cut);
            if (chunks.fault() == null) {
                chunks.follow(bytes, cut, bytes.writerIndex());
            }

            assertThat(chunks.fault()).as("cut at %d", cut).startsWith(fault);
        }
        assertThat(faultByteByByte(bytes)).startsWith(fault);
    }

    private static String faultByteByByte(ByteBuf bytes) {
        var chunks = new ChunkSyntax();
        chunks.begin();
        for (int i = 0; i < bytes.writerIndex() && chunks.isOpen() && chunks.fault() == null; i++) {
            chunks.follow(bytes, i, i + 1);
        }
        return chunks.fault();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text.replace("|", "\r\n"), StandardCharsets.ISO_8859_1);
    }
}
