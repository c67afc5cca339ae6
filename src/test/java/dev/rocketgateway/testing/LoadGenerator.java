package dev.rocketgateway.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Sends the same request over many connections, pipelined: on each the next ones as soon as the last are answered.
 *
 * <p>Writes bytes made once and reads no more of an answer than it must, so that the machine is left to the gateway.
 */
public final class LoadGenerator {

    private static final int PIPELINED = 8;
    private static final int ANSWER_LIMIT_MILLIS = 60_000;

    private final URI server;
    private final byte[] request;
    private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();

    private LoadGenerator(URI server, byte[] request) {
        this.server = server;
        this.request = request;
    }

    /**
     * @param body ASCII
     */
    public static LoadGenerator post(URI server, String path, String body) {
        var request = "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(path, server.getAuthority(), body.length(), body);
        return new LoadGenerator(server, request.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Sends all requests and returns the number of responses by status.
     *
     * @throws IllegalStateException if a request was not answered
     */
    public Map<Integer, Integer> send(int requests, int connections) {
        var threads = Executors.newFixedThreadPool(connections);
        try {
            var running = new ArrayList<Future<Void>>();
            for (int i = 0; i < connections; i++) {
                int share = requests / connections + (i < requests % connections ? 1 : 0);
                running.add(threads.submit((Callable<Void>) () -> {
                    sendOnOneConnection(share);
                    return null;
                }));
            }
            for (var connection : running) {
                connection.get();
            }
            return Map.copyOf(answers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request was not answered; so far " + answers, e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void sendOnOneConnection(int requests) throws IOException {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_LIMIT_MILLIS);
            var in = new BufferedInputStream(socket.getInputStream());
            for (int left = requests; left > 0; ) {
                int now = Math.min(left, PIPELINED);
                for (int i = 0; i < now; i++) {
                    socket.getOutputStream().write(request);
                }
                for (int i = 0; i < now; i++) {
                    answers.merge(readAnswer(in), 1, Integer::sum);
                }
                left -= now;
            }
        }
    }

    /** Status of an answer whose body has a length or is missing. */
    private static int readAnswer(InputStream in) throws IOException {
        int status = Integer.parseInt(readLine(in).split(" ")[1]);
        int length = 0;
        for (var line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            var header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
        }
        in.skipNBytes(length);
        return status;
    }

    private static String readLine(InputStream in) throws IOException {
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
}
