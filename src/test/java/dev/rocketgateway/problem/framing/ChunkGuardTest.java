package dev.rocketgateway.problem.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Between real handlers, with the bytes cut everywhere; {@code |} is CR LF. */
class ChunkGuardTest {

    private static final String DECODER = "decoder";

    /** Requests of every framing one behind the other, with line ends where a head could seem to end. */
    private static final String REQUESTS = "||GET /a HTTP/1.1|Host: x||"
            + "||POST /b HTTP/1.1|Host: x|Content-Length: 10||a||b||"
            + "POST /c HTTP/1.1|Host: x|Transfer-Encoding: chunked||6;a=b|c||d|0|x: y||"
            + "POST /d HTTP/1.1|Host: x|Content-Length: 0||"
            + "POST /e HTTP/1.1|Host: x|Transfer-Encoding: chunked||0||"
            + "POST /f HTTP/1.1|Host: x|Content-Length: 3||5 5"
            + "GET /g HTTP/1.0||";

    private static final List<String> DECODED = List.of("/a", "/b a||b||", "/c c||d", "/d", "/e", "/f 5 5", "/g");

    private final List<String> decoded = new ArrayList<>();
    private HttpRequest current;

    @Test
    void passesEveryRequest() {
        var bytes = REQUESTS.replace("|", "\r\n");
        for (int cut = 0; cut <= bytes.length(); cut++) {
            assertThat(decode(bytes.substring(0, cut), bytes.substring(cut)))
                    .as("cut at %d", cut)
                    .containsExactlyElementsOf(DECODED);
        }
        assertThat(decode(bytes.split(""))).containsExactlyElementsOf(DECODED);
    }

    @ParameterizedTest
    @ValueSource(strings = {" 5", "5 ", "5 5", "5\t", "5\n", "+5", "0x5", "5|h\n"})
    void passesNothingBehindAMalformedChunk(String chunk) {
        var bytes = (REQUESTS
                        + "POST /m HTTP/1.1|Host: x|Transfer-Encoding: chunked||"
                        + chunk
                        + "|hello|0||GET /n HTTP/1.1|Host: x||")
                .replace("|", "\r\n");
        var expected = new ArrayList<>(DECODED);
        expected.add("/m refused");
        for (int cut = 0; cut <= bytes.length(); cut++) {
            assertThat(decode(bytes.substring(0, cut), bytes.substring(cut)))
                    .as("cut at %d", cut)
                    .containsExactlyElementsOf(expected);
        }
        assertThat(decode(bytes.split(""))).containsExactlyElementsOf(expected);
    }

    @Test
    void passesAnotherProtocolUnread() {
        var channel = channel();
        write(channel, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        read(channel);
        channel.pipeline().remove(DECODER);

        write(channel, "\n\n5 5\r\n");

        ByteBuf passed = channel.readInbound();
        assertThat(passed.toString(ISO_8859_1)).isEqualTo("\n\n5 5\r\n");
        assertThat(channel.pipeline().get(ChunkGuard.class)).isNull();
        passed.release();
        channel.finishAndReleaseAll();
    }

    private List<String> decode(String... reads) {
        decoded.clear();
        var channel = channel();
        for (var read : reads) {
            write(channel, read);
            read(channel);
        }
        channel.finishAndReleaseAll();
        return decoded;
    }

    private void read(EmbeddedChannel channel) {
        for (Object message; (message = channel.readInbound()) != null; ReferenceCountUtil.release(message)) {
            int last = decoded.size() - 1;
            if (message instanceof HttpRequest request) {
                decoded.add(request.uri() + " ");
                current = request;
            } else if (message instanceof HttpContent && RequestReading.begin(current.decoderResult()) != null
                    || message instanceof HttpContent failed
                            && failed.decoderResult().isFailure()) {
                decoded.set(last, current.uri() + " refused");
            } else if (message instanceof HttpContent content) {
                var whole = decoded.get(last) + content.content().toString(ISO_8859_1);
                decoded.set(
                        last,
                        content instanceof LastHttpContent
                                ? whole.replace("\r\n", "|").strip()
                                : whole);
            }
        }
    }

    private static EmbeddedChannel channel() {
        var requests = new RequestGuard(new HeadDeadline(DECODER, () -> Duration.ofSeconds(30)));
        var channel = new EmbeddedChannel();
        channel.pipeline().addLast(DECODER, new VertxHttpRequestDecoder(new HttpServerOptions()));
        channel.pipeline().addLast(requests);
        channel.pipeline().addFirst(new ChunkGuard(requests, channel.pipeline().context(DECODER)));
        return channel;
    }

    private static void write(EmbeddedChannel channel, String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, ISO_8859_1));
    }
}
