package dev.rocketgateway.webhook.exchange;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Drops interim responses (RFC 9110, 15.2), so that only the final response of an endpoint counts. Vert.x knows 100 and 103,
 * and treats every other status below 200 as the end of the exchange.
 *
 * <p>101 is not dropped: after it, the connection no longer speaks HTTP, which the gateway did not request.
 */
final class InterimResponses {

    private static final int SWITCHING_PROTOCOLS = 101;

    private InterimResponses() {}

    /**
     * Drops the interim responses of a connection from now on. Must be called on the connection's thread, before the first request.
     */
    static void drop(HttpConnection connection) {
        var context = ((ConnectionBase) connection).channelHandlerContext();
        if (context.handler() instanceof Http2ConnectionHandler http2) {
            http2.decoder().frameListener(new OfHttp2(http2.decoder().frameListener()));
        } else {
            context.pipeline().addBefore(context.name(), "interim-responses", new OfHttp1());
        }
    }

    private static boolean isInterim(int status) {
        return status >= 100 && status < 200 && status != SWITCHING_PROTOCOLS;
    }

    /** Drops interim responses of HTTP/1.1. Each is a head and an empty end. */
    static final class OfHttp1 extends ChannelInboundHandlerAdapter {

        private boolean dropping;

        @Override
        public void channelRead(ChannelHandlerContext context, Object read) {
            if (read instanceof HttpResponse head) {
                dropping = head.decoderResult().isSuccess()
                        && isInterim(head.status().code());
            }
            if (!dropping) {
                context.fireChannelRead(read);
                return;
            }
            if (read instanceof HttpContent content) {
                // A fault of the decoder concerns the response that follows.
                if (content.decoderResult().isFailure()) {
                    dropping = false;
                    context.fireChannelRead(read);
                    return;
                }
                dropping = !(content instanceof LastHttpContent);
            }
            ReferenceCountUtil.release(read);
        }
    }

    /** Drops interim responses of HTTP/2. Each is a HEADERS frame that does not end the stream. */
    static final class OfHttp2 extends Http2FrameListenerDecorator {

        OfHttp2(Http2FrameListener listener) {
            super(listener);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            if (end || !isInterim(headers)) {
                super.onHeadersRead(context, stream, headers, padding, end);
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            if (end || !isInterim(headers)) {
                super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, end);
            }
        }

        private static boolean isInterim(Http2Headers headers) {
            var status = headers.status();
            return status != null
                    && status.length() == 3
                    && status.charAt(0) == '1'
                    && !String.valueOf(SWITCHING_PROTOCOLS).contentEquals(status);
        }
    }
}
