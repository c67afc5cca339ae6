package dev.rocketgateway.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * HTTP requests at a fixed rate on one connection, over a bare socket: next to no cost of its own, and the pace is that of the
 * client it is compared with.
 */
final class PacedPost {

    private PacedPost() {}

    static Load run(String url, int perSecond, int size, long nanos) throws IOException {
        var uri = URI.create(url);
        var request = request(uri, size);
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(30_000);
            var in = new BufferedInputStream(socket.getInputStream());
            var out = socket.getOutputStream();
            return Pace.run(perSecond, nanos, (due, tally) -> {
                try {
                    out.write(request);
                    int status = status(in);
                    if (status / 100 == 2) {
                        tally.ok(due);
                    } else {
                        tally.failed(status);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static byte[] request(URI uri, int size) {
        var head = "POST %s?%s HTTP/1.1\r\nHost: %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
                .formatted(uri.getPath(), uri.getQuery(), uri.getAuthority(), size);
        return (head + "x".repeat(size)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads one whole answer. */
    private static int status(InputStream in) throws IOException {
        int status = Integer.parseInt(line(in).split(" ")[1]);
        int length = 0;
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            var field = line.toLowerCase(Locale.ROOT);
            if (field.startsWith("content-length:")) {
                length =
                        Integer.parseInt(field.substring(field.indexOf(':') + 1).strip());
            } else if (field.startsWith("transfer-encoding:")) {
                throw new IOException("an answer in chunks is not read here");
            }
        }
        in.skipNBytes(length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
