package dev.rocketgateway.problem.framing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpConstants;

/**
 * Refuses chunked bodies that violate the grammar (RFC 9112, section 7.1). The decoder of HTTP/1 accepts lines such as {@code 5 5}
 * as a chunk size, which a proxy may read differently.
 *
 * <pre>
 * bytes ──▶ ChunkGuard ──▶ decoder ──▶ RequestGuard ──▶ …
 *               ▲                           │
 *               └─ which body follows ──────┘
 * </pre>
 * Heads and bodies with a length pass unchecked, except for the line ends of a head. A read with several requests is passed on in
 * slices, so that the decoder has reported the kind of body before the next byte is checked.
 *
 * <p>One per connection, on its event loop.
 */
final class ChunkGuard extends ChannelInboundHandlerAdapter {

    private final RequestGuard requests;
    private final ChannelHandlerContext decoder;
    private final ChunkSyntax chunks = new ChunkSyntax();

    /** Number of remaining bytes of a body with a length. */
    private long length;

    private int line;
    private boolean inHead;

    ChunkGuard(RequestGuard requests, ChannelHandlerContext decoder) {
        this.requests = requests;
        this.decoder = decoder;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        while (!requests.hasRefused()) {
            if (decoder.isRemoved()) {
                changeProtocol(context, bytes);
                return;
            }
            int end = endOfPart(bytes);
            var fault = chunks.fault();
            if (fault != null) {
                bytes.release();
                requests.refuseBody(fault);
                return;
            }
            if (end == bytes.writerIndex()) {
                pass(context, bytes);
                return;
            }
            pass(context, bytes.readRetainedSlice(end - bytes.readerIndex()));
        }
        bytes.release();
    }

    /** Passes all bytes after an upgrade, because they belong to another protocol. */
    private void changeProtocol(ChannelHandlerContext context, ByteBuf bytes) {
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
        context.fireChannelRead(bytes);
    }

    /**
     * The index after the head or body to which the first byte belongs. If that head or body continues, the index after all bytes.
     */
    private int endOfPart(ByteBuf bytes) {
        int from = bytes.readerIndex();
        int to = bytes.writerIndex();
        if (chunks.isOpen()) {
            return chunks.follow(bytes, from, to);
        }
        if (length > 0) {
            int part = (int) Math.min(length, to - from);
            length -= part;
            return from + part;
        }
        return endOfHead(bytes, from, to);
    }

    /** The index after the empty line that ends the head. If the head continues, the index after all bytes. */
    private int endOfHead(ByteBuf bytes, int from, int to) {
        int start = from;
        for (int end; (end = bytes.indexOf(start, to, HttpConstants.LF)) >= 0; start = end + 1) {
            boolean empty = line + end - start <= 1;
            line = 0;
            if (!empty) {
                inHead = true;
            } else if (inHead) {
                inHead = false;
                return end + 1;
            }
        }
        line += to - start;
        return to;
    }

    private void pass(ChannelHandlerContext context, ByteBuf part) {
        context.fireChannelRead(part);
        long body = requests.takeBody();
        if (body == RequestHead.CHUNKED) {
            chunks.begin();
        } else if (body > 0) {
            length = body;
        }
    }
}
