package dev.rocketgateway.problem.framing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpConstants;

/**
 * Refuses chunked bodies that the grammar does not allow, because the decoder of HTTP/1 reads {@code 5 5} and other lines as a chunk
 * size that a proxy may have read differently (RFC 9112, section 7.1).
 *
 * <pre>
 * bytes ──▶ ChunkGuard ──▶ decoder ──▶ RequestGuard ──▶ …
 *               ▲                           │
 *               └─ which body follows ──────┘
 * </pre>
 * Heads, and bodies with a length, go through unread but for the line ends of a head. A read with several of them goes on in
 * slices, so that the decoder has told what follows a head before the next byte is looked at.
 *
 * <p>One per connection, on its event loop.
 */
final class ChunkGuard extends ChannelInboundHandlerAdapter {

    private final RequestGuard requests;
    private final ChannelHandlerContext decoder;
    private final ChunkSyntax chunks = new ChunkSyntax();

    /** How many bytes are to come of a body with a length. */
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

    /** What follows an upgrade is of another protocol. */
    private void changeProtocol(ChannelHandlerContext context, ByteBuf bytes) {
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
        context.fireChannelRead(bytes);
    }

    /** The index behind the head or body that the first byte belongs to, or behind all bytes if they are of one. */
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

    /** No head ends elsewhere: behind an empty line that follows another one. */
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
