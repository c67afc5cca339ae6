package dev.rocketgateway.problem.framing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Decoding a request with and without the guard of chunked bodies: without a body, with a length, and with chunks. */
@State(Scope.Benchmark)
public class ChunkGuardMicro {

    private static final String HEAD = "POST /topics/orders/messages?mode=async HTTP/1.1\r\nHost: gateway:8080\r\n"
            + "User-Agent: curl/8.5.0\r\nAccept: */*\r\nContent-Type: text/plain\r\n";

    @Param({"false", "true"})
    public boolean guarded;

    private final ByteBuf noBody = bytes("GET /topics/orders HTTP/1.1\r\nHost: gateway:8080\r\nAccept: */*\r\n\r\n");
    private final ByteBuf withLength = bytes(HEAD + "Content-Length: 256\r\n\r\n" + "x".repeat(256));
    private final ByteBuf withChunks =
            bytes(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "100\r\n" + "x".repeat(256) + "\r\n0\r\n\r\n");

    private EmbeddedChannel channel;

    private static ByteBuf bytes(String text) {
        return PooledByteBufAllocator.DEFAULT
                .directBuffer()
                .writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Setup
    public void connect() {
        var requests = new RequestGuard(new HeadDeadline("decoder", () -> Duration.ofSeconds(30)));
        channel = new EmbeddedChannel();
        channel.pipeline().addLast("decoder", new VertxHttpRequestDecoder(new HttpServerOptions()));
        channel.pipeline().addLast(requests);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
            }
        });
        if (guarded) {
            channel.pipeline().addFirst(new ChunkGuard(requests, channel.pipeline().context("decoder")));
        }
    }

    @Benchmark
    public boolean noBody() {
        return channel.writeInbound(noBody.retainedDuplicate());
    }

    @Benchmark
    public boolean withLength() {
        return channel.writeInbound(withLength.retainedDuplicate());
    }

    @Benchmark
    public boolean withChunks() {
        return channel.writeInbound(withChunks.retainedDuplicate());
    }
}
