package dev.rocketgateway.problem.framing;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/**
 * Sets {@code X-Content-Type-Options: nosniff} on every response, so that a browser never shows a stored message or a problem
 * document as a web page.
 *
 * <p>For HTTP/1, this handler is next to the encoder, because the server answers some requests before any filter sees them. HTTP/2
 * has no place for such a handler. There the server answers no request before the filters, so a filter calls {@link #mark}.
 */
@Sharable
public final class NoSniffing extends ChannelOutboundHandlerAdapter {

    private static final CharSequence NAME = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence VALUE = HttpHeaders.createOptimized("nosniff");

    NoSniffing() {}

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise written) {
        if (message instanceof HttpResponse response
                && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            response.headers().set(NAME, VALUE);
        }
        context.write(message, written);
    }

    /** Sets the header on a response of HTTP/2. */
    public static void mark(HttpServerResponse response) {
        response.putHeader(NAME, VALUE);
    }
}
