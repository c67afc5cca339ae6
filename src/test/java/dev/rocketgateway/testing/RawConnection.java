package dev.rocketgateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One connection that is kept as long as the server keeps it, and sends what it is told byte for byte. Not thread-safe. */
public final class RawConnection implements AutoCloseable {

    private static final int LIMIT_MILLIS = 60_000;

    private final URI server;
    private Socket socket;
    private InputStream in;

    /** An answer; header names in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {}

    public RawConnection(URI server) throws IOException {
        this.server = server;
        connect();
    }

    private void connect() throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LIMIT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Sends a request and reads its answer, on a new connection if the last was closed.
     *
     * @throws IOException if there is no answer
     */
    public Answer exchange(byte[] request) throws IOException {
        if (socket.isClosed()) {
            connect();
        }
        try {
            socket.getOutputStream().write(request);
        } catch (IOException stoppedReading) {
            // Its answer may be there all the same.
        }
        var answer = read();
        // What the server did not read would be taken for the next request.
        if (answer.status() >= 400 || "close".equals(answer.headers().get("connection"))) {
            socket.close();
        }
        return answer;
    }

    private Answer read() throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        var headers = new LinkedHashMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        var body = headers.containsKey("transfer-encoding")
                ? readChunks()
                : in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Answer(status, headers, new String(body, UTF_8));
    }

    private byte[] readChunks() throws IOException {
        var body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.write(in.readNBytes(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection was closed before an answer");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
