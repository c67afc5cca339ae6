package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.MalformedChunksException;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses HTTP/1 requests whose end, host or target is ambiguous, because a proxy may have read another request in the same bytes
 * (RFC 9112, section 11.2). {@link LastResponse} closes the connection of a refused request.
 *
 * <p>A refused request is passed on without its body but with the fault, so that its response comes in order and is a problem
 * document. All later bytes of the connection are discarded.
 *
 * <p>One per connection, on its event loop.
 */
final class RequestGuard extends ChannelInboundHandlerAdapter {

    private static final String NOWHERE = "/";
    private static final String H2C = "h2c";
    private static final String UNREADABLE = "A line of the chunked body is too long or malformed.";
    private static final FieldError TWO_LENGTHS =
            new FieldError("Transfer-Encoding", "cannot be combined with Content-Length; send one of the two");
    private static final FieldError NOT_HTTP =
            new FieldError("request", "is not valid HTTP; correct the request line or the malformed header");

    private static final int RETELL_MILLIS = 10;

    private final HeadDeadline deadline;
    private final RequestHead head = new RequestHead();
    private final LastResponse last = new LastResponse(this::hasRefused);
    private @Nullable ChannelHandlerContext connection;
    private @Nullable HttpRequest request;
    private long body;
    private boolean refused;

    /**
     * @param deadline gets a call for each head and for the end of each body
     */
    RequestGuard(HeadDeadline deadline) {
        this.deadline = deadline;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connection = context;
        context.pipeline().addAfter(context.name(), null, last);
    }

    /** Whether a request was refused, so that further bytes are discarded. */
    boolean hasRefused() {
        return refused;
    }

    /**
     * The length of the body that follows the last head, or {@link RequestHead#CHUNKED}. 0 if there is no body, or no new head
     * since the last call.
     */
    long takeBody() {
        long taken = body;
        body = 0;
        return taken;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            deadline.headRead();
        }
        if (message instanceof LastHttpContent) {
            deadline.bodyRead();
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpRequest begun) {
            begin(context, begun);
        } else if (message instanceof HttpContent content
                && content.decoderResult().isFailure()) {
            ReferenceCountUtil.release(content);
            refuseBody(UNREADABLE);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest begun) {
        if (begun.decoderResult().isFailure()) {
            refuseUnread(context, begun);
            return;
        }
        var fault = head.fault(begun);
        if (fault != null) {
            refuse(context, begun, fault);
            return;
        }
        body = head.body();
        if (body == RequestHead.CHUNKED) {
            begun.setDecoderResult(new RequestReading());
            request = begun;
        }
        if (begun.headers().contains(HttpHeaderNames.UPGRADE, H2C, true)) {
            upgrade(context, begun);
        } else {
            context.fireChannelRead(begun);
        }
    }

    /**
     * Refuses a request that the decoder could not read. The server itself would close the connection without a problem document.
     */
    private void refuseUnread(ChannelHandlerContext context, HttpRequest begun) {
        if (begun.decoderResult().cause() instanceof TooLongFrameException) {
            refused = true;
            context.fireChannelRead(begun);
            return;
        }
        refuse(context, begun, faultOfUnread(begun.headers()));
        ReferenceCountUtil.release(begun);
    }

    /** The fault of a request that the decoder refused, as far as its headers show it. */
    static FieldError faultOfUnread(HttpHeaders headers) {
        var encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (encodings.isEmpty()) {
            return NOT_HTTP;
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return TWO_LENGTHS;
        }
        return encodings.size() == 1 && RequestHead.isChunked(encodings.get(0)) ? NOT_HTTP : RequestHead.ENCODING_FAULT;
    }

    /**
     * Refuses the request whose body is being read. Its turn comes when the earlier requests of the connection have their
     * responses.
     *
     * <pre>
     * its turn     | then
     * -------------|-------------------------------------------------------------------
     * has come     | the reader of the body fails, and responds if it has not responded
     * has not come | it is refused in its turn
     * never comes  | the connection is closed
     * </pre>
     * The turn never comes if the request was upgraded to HTTP/2, where its incomplete body would seem complete.
     */
    void refuseBody(String fault) {
        refused = true;
        var context = Objects.requireNonNull(connection);
        if (context.pipeline().get(Http2ConnectionHandler.class) != null) {
            context.close();
            return;
        }
        // The body of this or an earlier request may have stopped the reading.
        context.channel().config().setAutoRead(true);
        if (request != null
                && request.decoderResult() instanceof RequestReading reading
                && reading.refuse(new FieldError("body", fault))) {
            request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            return;
        }
        last.expect();
        failBody(context, new MalformedChunksException(fault));
    }

    /**
     * Passes the fault to the reader of the body. Repeats this until a reader gets it: the server passes a fault on only once, and
     * a reader on another thread may not have started.
     */
    private void failBody(ChannelHandlerContext context, MalformedChunksException fault) {
        if (!last.isExpected() || !context.channel().isActive()) {
            return;
        }
        var broken = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        broken.setDecoderResult(DecoderResult.failure(fault));
        context.fireChannelRead(broken);
        if (request != null && request.decoderResult() instanceof RequestReading reading && reading.takeMissed()) {
            context.executor().schedule(() -> failBody(context, fault), RETELL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Merges repeated headers before an upgrade to HTTP/2, which keeps only the last one. */
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

    private void refuse(ChannelHandlerContext context, HttpRequest request, FieldError fault) {
        refused = true;
        // If the request line cannot be read, the decoder invents a path.
        var target =
                request instanceof FullHttpRequest ? NOWHERE : request.uri().split("\\?", 2)[0];
        var path = RequestTarget.malformed(target) == null && target.startsWith("/") ? target : NOWHERE;
        var answered = new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), path, request.headers());
        request.headers()
                .remove(HttpHeaderNames.TRANSFER_ENCODING)
                .remove(HttpHeaderNames.CONTENT_LENGTH)
                .remove(HttpHeaderNames.UPGRADE)
                .remove(HttpHeaderNames.EXPECT)
                .set(HttpHeaderNames.HOST, "gateway")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        answered.setDecoderResult(new RequestReading(fault));
        // The body of an earlier request may have stopped the reading.
        context.channel().config().setAutoRead(true);
        context.fireChannelRead(answered);
        context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }
}
