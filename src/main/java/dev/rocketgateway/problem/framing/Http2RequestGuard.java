package dev.rocketgateway.problem.framing;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Resets the streams of malformed HTTP/2 requests, because a proxy may have understood them differently (RFC 9113, section
 * 8.1.1).
 *
 * <p>One per connection, on its event loop.
 */
final class Http2RequestGuard extends Http2FrameListenerDecorator {

    private final Http2ConnectionDecoder decoder;

    private Http2RequestGuard(Http2ConnectionDecoder decoder, Http2FrameListener server) {
        super(server);
        this.decoder = decoder;
    }

    /** Guards the connection if it has changed to HTTP/2, and does nothing otherwise. */
    static void guard(ChannelPipeline pipeline) {
        var connection = pipeline.get(Http2ConnectionHandler.class);
        if (connection != null) {
            guard(connection.decoder());
        }
    }

    private static void guard(Http2ConnectionDecoder decoder) {
        var server = decoder.frameListener();
        if (!(server instanceof Http2RequestGuard)) {
            decoder.frameListener(new Http2RequestGuard(decoder, server));
        }
    }

    /** Guards the connection again, because the server replaces the listener when the first settings arrive. */
    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) throws Http2Exception {
        super.onSettingsRead(context, settings);
        guard(decoder);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        check(stream, headers);
        super.onHeadersRead(context, stream, headers, padding, end);
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
        check(stream, headers);
        super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, end);
    }

    private static void check(int stream, Http2Headers headers) throws Http2Exception {
        var fault = Http2RequestHead.fault(headers);
        if (fault != null) {
            throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "%s", fault);
        }
    }
}
