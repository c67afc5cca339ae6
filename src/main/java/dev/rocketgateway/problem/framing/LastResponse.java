package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.HttpConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.smallrye.config.SmallRyeConfig;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Closes a connection after the response to a refused request. Delays the close, so that the caller still gets this response, the
 * last one on the connection.
 *
 * <p>One per connection, on its event loop.
 */
final class LastResponse extends ChannelOutboundHandlerAdapter {

    private final BooleanSupplier refused;
    private boolean expected;

    /**
     * @param refused whether a request of the connection was refused
     */
    LastResponse(BooleanSupplier refused) {
        this.refused = refused;
    }

    /** Makes the next response the last on the connection, even if the server would keep the connection open. */
    void expect() {
        expected = true;
    }

    /** Whether the last response is still to come. */
    boolean isExpected() {
        return expected;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
        if (expected) {
            context.write(message, written.unvoid().addListener(done -> context.executor()
                    .execute(() -> endAfterResponse(context, context.newPromise()))));
        } else {
            context.write(message, written);
        }
    }

    private void endAfterResponse(ChannelHandlerContext context, ChannelPromise closed) {
        expected = false;
        closeGently(context, closed);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise closed) {
        if (expected) {
            // Another thread may be sending the response, or it may have been sent before.
            context.executor().schedule(() -> endAfterResponse(context, closed), linger(), TimeUnit.MILLISECONDS);
        } else {
            closeGently(context, closed);
        }
    }

    /**
     * Closes the connection with a delay. An immediate close would reset the connection of a caller that is still sending, and the
     * response would be lost.
     */
    private void closeGently(ChannelHandlerContext context, ChannelPromise closed) {
        if (refused.getAsBoolean()
                && context.channel() instanceof DuplexChannel channel
                && channel.isActive()
                && channel.pipeline().get(SslHandler.class) == null
                && !channel.isOutputShutdown()) {
            channel.shutdownOutput();
            context.executor().schedule(() -> context.close(closed), linger(), TimeUnit.MILLISECONDS);
        } else {
            context.close(closed);
        }
    }

    private static long linger() {
        return ConfigProvider.getConfig()
                .unwrap(SmallRyeConfig.class)
                .getConfigMapping(HttpConfig.class)
                .linger()
                .toMillis();
    }
}
