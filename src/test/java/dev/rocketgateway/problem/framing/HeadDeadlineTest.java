package dev.rocketgateway.problem.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code |} is CR LF. */
class HeadDeadlineTest {

    private static final String DECODER = "decoder";
    private static final String COMPLETE = "POST /a HTTP/1.1|Host: x|Content-Length: 3||abc";

    private final HeadDeadline deadline = new HeadDeadline(DECODER, () -> Duration.ofSeconds(30));
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
        channel.pipeline().addLast(deadline);
        channel.pipeline().addLast(DECODER, new HttpRequestDecoder());
        channel.pipeline().addLast(new RequestGuard(deadline));
    }

    private void read(String bytes) {
        if (!bytes.isEmpty()) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes.replace("|", "\r\n"), ISO_8859_1));
        }
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    @ParameterizedTest
    @ValueSource(strings = {"P", "|", "POST /a HTTP/1.1|", "POST /a HTTP/1.1|Host: x|", COMPLETE + COMPLETE + "GET"})
    void closesTheConnectionOfAHeadThatNeverEnds(String begin) {
        read(begin);
        for (int i = 0; i < 29; i++) {
            pass(1);
            read("a");
        }
        assertThat(channel.isOpen()).isTrue();

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closesTheConnectionOfASecondHeadThatNeverEnds() {
        read("GET");
        pass(29);
        read(" /a HTTP/1.1|Host: x||");
        pass(29);
        read("GET");
        pass(29);
        assertThat(channel.isOpen()).isTrue();

        pass(2);

        assertThat(channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", COMPLETE, COMPLETE + COMPLETE})
    void leavesAConnectionBetweenRequests(String requests) {
        read(requests);
        pass(3_600);

        assertThat(channel.isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10||a", "Transfer-Encoding: chunked||1|"})
    void leavesABodyToItsOwnTimeout(String begin) {
        read("POST /a HTTP/1.1|Host: x|" + begin);
        for (int i = 0; i < 5; i++) {
            pass(60);
            read(i == 0 ? "b" : "");
        }

        assertThat(channel.isOpen()).isTrue();
    }

    /** As when a WebSocket begins. */
    @Test
    void leavesAConnectionThatIsNoLongerHttp() {
        read("GET /a HTTP/1.1|Host: x||");
        channel.pipeline().remove(DECODER);
        read("a frame");
        pass(3_600);

        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.pipeline().get(HeadDeadline.class)).isNull();
    }
}
