package dev.rocketgateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/** Connections of HTTP/2 that send a server far more frames than any proper client would. */
public final class Http2Flood {

    private static final int LIMIT_MILLIS = 60_000;
    private static final int PING = 6;
    private static final int CONTINUATION = 9;
    private static final int CODE_OFFSET = 4;
    private static final byte[] CANCEL = {0, 0, 0, 8};

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream frames = new DataOutputStream(bytes);

    private Http2Flood() throws IOException {
        frames.writeBytes(RawHttp2.PREFACE);
        RawHttp2.frame(frames, RawHttp2.SETTINGS, 0, 0, new byte[0]);
    }

    /** Opens as many streams and resets each at once. */
    public static String resets(URI server, int streams, List<RawHttp2.Field> request) throws IOException {
        var flood = new Http2Flood();
        var block = RawHttp2.block(request);
        for (int i = 0; i < streams; i++) {
            int stream = 2 * i + 1;
            RawHttp2.frame(flood.frames, RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, block);
            RawHttp2.frame(flood.frames, RawHttp2.RST_STREAM, 0, stream, CANCEL);
        }
        return flood.send(server);
    }

    /** Begins one head and never ends it. */
    public static String continuations(URI server, int count, byte[] block) throws IOException {
        var flood = new Http2Flood();
        RawHttp2.frame(flood.frames, RawHttp2.HEADERS, 0, 1, block);
        for (int i = 0; i < count; i++) {
            RawHttp2.frame(flood.frames, CONTINUATION, 0, 1, block);
        }
        return flood.send(server);
    }

    /** Each wants an acknowledgement, which nobody reads before all are sent. */
    public static String settings(URI server, int count) throws IOException {
        var flood = new Http2Flood();
        for (int i = 0; i < count; i++) {
            RawHttp2.frame(flood.frames, RawHttp2.SETTINGS, 0, 0, new byte[0]);
        }
        return flood.send(server);
    }

    /** The same with pings. */
    public static String pings(URI server, int count) throws IOException {
        var flood = new Http2Flood();
        for (int i = 0; i < count; i++) {
            RawHttp2.frame(flood.frames, PING, 0, 0, new byte[Long.BYTES]);
        }
        return flood.send(server);
    }

    /** A body of frames without a byte. */
    public static String emptyData(URI server, int count, List<RawHttp2.Field> request) throws IOException {
        var flood = new Http2Flood();
        RawHttp2.frame(flood.frames, RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.block(request));
        for (int i = 0; i < count; i++) {
            RawHttp2.frame(flood.frames, RawHttp2.DATA, 0, 1, new byte[0]);
        }
        return flood.send(server);
    }

    /** {@code GOAWAY} and its code, {@code closed}, or {@code open} if the server acknowledges a last ping. */
    private String send(URI server) throws IOException {
        var last = new byte[Long.BYTES];
        last[0] = 1;
        RawHttp2.frame(frames, PING, 0, 0, last);
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(LIMIT_MILLIS);
            try {
                socket.getOutputStream().write(bytes.toByteArray());
            } catch (IOException closed) {
                // What the server said before is there all the same, unless the connection was reset.
            }
            return outcome(new DataInputStream(socket.getInputStream()));
        }
    }

    private static String outcome(DataInputStream in) {
        try {
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                in.skipNBytes(Byte.BYTES + Integer.BYTES);
                var payload = in.readNBytes(length);
                if (type == RawHttp2.GOAWAY) {
                    return "GOAWAY " + payload[CODE_OFFSET + 3];
                }
                if (type == PING && payload[0] == 1) {
                    return "open";
                }
            }
        } catch (IOException closed) {
            return "closed";
        }
    }
}
