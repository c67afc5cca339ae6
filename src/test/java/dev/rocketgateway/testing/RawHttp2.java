package dev.rocketgateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/** One request of HTTP/2 by the frame, for requests a proper client would not send. */
public final class RawHttp2 {

    private static final int LIMIT_MILLIS = 20_000;
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String UPGRADE =
            "GET /problems/not-found HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int GOAWAY = 7;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int PRIORITY = 32;
    private static final int PRIORITY_LENGTH = 5;

    /** RFC 9113, section 6.9.2. */
    private static final int FIRST_WINDOW = 65_535;

    private static final int FIRST_STREAM = 1;
    private static final int FIRST_STREAM_AFTER_UPGRADE = 3;

    /** The longest string whose length fits into one byte (RFC 7541, section 5.1). */
    private static final int LONGEST = 126;

    private final DataInputStream in;
    private final DataOutputStream out;
    private int stream = FIRST_STREAM;

    private RawHttp2(Socket socket) throws IOException {
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** A field; its name and value are sent byte for byte. */
    public record Field(String name, String value) {}

    /**
     * Sends a request on the first stream of a new connection.
     *
     * @param trailers fields after the body; none if empty
     * @return the status, {@code RST_STREAM} or {@code GOAWAY} with the code, or {@code closed}
     */
    public static String exchange(URI server, List<Field> fields, String body, List<Field> trailers) {
        return exchange(server, false, fields, body, trailers);
    }

    /** The same on a connection that began with HTTP/1.1. */
    public static String exchangeUpgraded(URI server, List<Field> fields, String body, List<Field> trailers) {
        return exchange(server, true, fields, body, trailers);
    }

    private static String exchange(
            URI server, boolean upgraded, List<Field> fields, String body, List<Field> trailers) {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(LIMIT_MILLIS);
            var connection = new RawHttp2(socket);
            if (upgraded) {
                connection.upgrade();
            }
            connection.send(fields, body, trailers);
            return connection.outcome();
        } catch (IOException | Http2Exception e) {
            throw new IllegalStateException("no outcome of " + fields, e);
        }
    }

    private void upgrade() throws IOException {
        out.writeBytes(UPGRADE);
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101 ")) {
            throw new IOException("not upgraded: " + head);
        }
        stream = FIRST_STREAM_AFTER_UPGRADE;
    }

    private void send(List<Field> fields, String body, List<Field> trailers) throws IOException {
        var frames = new ByteArrayOutputStream();
        var request = new DataOutputStream(frames);
        request.writeBytes(PREFACE);
        frame(request, SETTINGS, 0, 0, new byte[0]);
        frame(request, HEADERS, END_HEADERS, stream, block(fields));
        frame(request, DATA, trailers.isEmpty() ? END_STREAM : 0, stream, body.getBytes(ISO_8859_1));
        if (!trailers.isEmpty()) {
            frame(request, HEADERS, END_HEADERS | END_STREAM, stream, block(trailers));
        }
        out.write(frames.toByteArray());
    }

    static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    /** Literal fields without indexing and without Huffman codes (RFC 7541, section 6.2.2). */
    static byte[] block(List<Field> fields) {
        var block = new ByteArrayOutputStream();
        for (var field : fields) {
            block.write(0);
            string(block, field.name());
            string(block, field.value());
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("longer than %d: %s".formatted(LONGEST, text));
        }
        block.write(text.length());
        block.writeBytes(text.getBytes(ISO_8859_1));
    }

    /** Reads the body too, as far as the server may send it at once: a server is right to complain of a caller that leaves before. */
    private String outcome() throws IOException, Http2Exception {
        var headers = new DefaultHttp2HeadersDecoder(false);
        String status = null;
        int body = 0;
        for (int first = in.read(); first >= 0; first = in.read()) {
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int id = in.readInt();
            var payload = in.readNBytes(length);
            switch (type) {
                case HEADERS -> {
                    // The table of the connection needs those of the upgrade, too.
                    var decoded = headers.decodeHeaders(
                            id,
                            Unpooled.wrappedBuffer(payload).skipBytes((flags & PRIORITY) == 0 ? 0 : PRIORITY_LENGTH));
                    if (id == stream) {
                        status = decoded.status().toString();
                    }
                }
                case DATA -> body += id == stream ? length : 0;
                case RST_STREAM -> {
                    return status == null ? "RST_STREAM " + payload[3] : status;
                }
                case GOAWAY -> {
                    return status == null ? "GOAWAY " + payload[7] : status;
                }
                default -> {}
            }
            boolean ended = id == stream && (type == HEADERS || type == DATA) && (flags & END_STREAM) != 0;
            if (status != null && (ended || body >= FIRST_WINDOW)) {
                return status;
            }
        }
        return status == null ? "closed" : status;
    }
}
