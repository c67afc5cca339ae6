package dev.rocketgateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A caller of a tail that reads only when it is told to. */
public final class SlowTailReader implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Socket socket = new Socket();
    private final BufferedReader lines;

    public SlowTailReader(URI root, String path) throws IOException {
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.connect(new InetSocketAddress(root.getHost(), root.getPort()));
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: gateway\r\nAccept: application/x-ndjson\r\n\r\n"
                        .formatted(path)
                        .getBytes(StandardCharsets.US_ASCII));
        lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024);
    }

    /** The next event; chunks of the transfer are as long as events. */
    public JsonNode next() throws IOException {
        while (true) {
            var line = lines.readLine();
            if (line == null) {
                throw new IOException("the stream has ended");
            }
            if (line.startsWith("{")) {
                return JSON.readTree(line);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
