package dev.rocketgateway.problem;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.smallrye.config.SmallRyeConfig;
import java.util.HashSet;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests of HTTP/1 whose end, host or target is ambiguous, and ends their connection: a proxy may have seen another
 * request in the same bytes (RFC 9112, section 11.2).
 *
 * <p>A refused request goes on as one without a body that says why, so that its answer comes in its turn and is a problem document. What
 * follows it on the connection is thrown away.
 *
 * <p>One per connection, on its event loop.
 */
final class RequestGuard extends ChannelDuplexHandler {

    private static final String NOWHERE = "/";
    private static final String H2C = "h2c";

    private final RequestHead head = new RequestHead();
    private boolean refused;

    /** What a refused request is decoded to. */
    static final class Refusal extends DecoderResult {

        private final String fault;

        private Refusal(String fault) {
            super(SIGNAL_SUCCESS);
            this.fault = fault;
        }

        /** The fault for which the guard has refused the request, or null. */
        static @Nullable String of(DecoderResult result) {
            return result instanceof Refusal refusal ? refusal.fault : null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            if (request.decoderResult().isFailure()) {
                refused = true;
            } else {
                var fault = head.fault(request);
                if (fault != null) {
                    refuse(context, request, fault);
                    return;
                }
                if (request.headers().contains(HttpHeaderNames.UPGRADE, H2C, true)) {
                    upgrade(context, request);
                    return;
                }
            }
        }
        context.fireChannelRead(message);
    }

    /** The upgrade to HTTP/2 keeps the last line only of a header that has several. */
    private static void upgrade(ChannelHandlerContext context, HttpRequest request) {
        var names = new HashSet<String>();
        for (var header : request.headers()) {
            if (!names.add(header.getKey().toLowerCase(Locale.ROOT))) {
                request.headers().remove(HttpHeaderNames.UPGRADE);
                break;
            }
        }
        context.fireChannelRead(request);
        Http2RequestGuard.guard(context.pipeline());
    }

    private void refuse(ChannelHandlerContext context, HttpRequest request, String fault) {
        refused = true;
        var path =
                RequestTarget.malformed(request.uri()) == null && request.uri().startsWith("/")
                        ? request.uri()
                        : NOWHERE;
        var answered = new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), path, request.headers());
        request.headers()
                .remove(HttpHeaderNames.TRANSFER_ENCODING)
                .remove(HttpHeaderNames.CONTENT_LENGTH)
                .remove(HttpHeaderNames.UPGRADE)
                .remove(HttpHeaderNames.EXPECT)
                .set(HttpHeaderNames.HOST, "gateway")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        answered.setDecoderResult(new Refusal(fault));
        // The body of an earlier request may have stopped the reading.
        context.channel().config().setAutoRead(true);
        context.fireChannelRead(answered);
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Closing at once would reset the connection of a caller that is still sending, and it would lose the answer. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise closed) throws Exception {
        if (refused
                && context.channel() instanceof DuplexChannel channel
                && channel.isActive()
                && channel.pipeline().get(SslHandler.class) == null
                && !channel.isOutputShutdown()) {
            channel.shutdownOutput();
            context.executor().schedule(() -> context.close(closed), linger(), TimeUnit.MILLISECONDS);
        } else {
            super.close(context, closed);
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
