package dev.rocketgateway.problem.framing;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that has begun a request head, or a TLS handshake, and does not finish it in time. The idle timeout cannot do
 * this: a caller that sends a byte now and then is never idle, and would hold a connection forever.
 *
 * <p>A connection that sends no bytes is left to the idle timeout. An HTTP/2 connection has no deadline after its handshake,
 * because it may stay open for long.
 *
 * <p>Starts a timer only if a read ends within a head, which is rare. One per connection, on its event loop.
 */
final class HeadDeadline extends ChannelInboundHandlerAdapter {

    private final String decoder;
    private final Supplier<Duration> limit;
    private boolean hasHadRequest;
    private boolean inRequest;
    private boolean progressed;
    private @Nullable Future<?> timer;

    /**
     * @param decoder the name of the handler that the connection has while it is HTTP/1
     * @param limit the time limit; read each time a timer starts
     */
    HeadDeadline(String decoder, Supplier<Duration> limit) {
        this.decoder = decoder;
        this.limit = limit;
    }

    /** Must be called when the head of a request was read. Stops the timer. */
    void headRead() {
        hasHadRequest = true;
        inRequest = true;
        progressed = true;
        stopTimer();
    }

    /** Must be called when the body of a request was read to its end. */
    void bodyRead() {
        inRequest = false;
        progressed = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        progressed = false;
        context.fireChannelRead(bytes);
        if (inRequest || progressed || context.isRemoved()) {
            return;
        }
        if (isAnotherProtocol(context)) {
            stopTimer();
            context.pipeline().remove(this);
        } else if (timer == null) {
            timer = context.executor().schedule(() -> end(context), limit.get().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopTimer();
        context.fireChannelInactive();
    }

    private void end(ChannelHandlerContext context) {
        if (!context.isRemoved() && !isAnotherProtocol(context)) {
            context.close();
        }
    }

    /** Whether the connection has changed to HTTP/2 or WebSocket. */
    private boolean isAnotherProtocol(ChannelHandlerContext context) {
        var pipeline = context.pipeline();
        return pipeline.get(Http2ConnectionHandler.class) != null || (hasHadRequest && pipeline.get(decoder) == null);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
