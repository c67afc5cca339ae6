package dev.rocketgateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** HTTP by the byte, for requests a proper client would not send. */
public final class RawHttp {

    private static final int LIMIT_MILLIS = 20_000;

    private RawHttp() {}

    /** Sends the text and gives back everything the server sends until it closes the connection. */
    public static String exchange(URI server, String request) {
        try (var socket = connect(server)) {
            send(socket, request);
            return checked(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, with a second part that is sent once the server has answered this to the first. */
    public static String exchange(URI server, String request, String awaited, String rest) {
        try (var socket = connect(server)) {
            send(socket, request);
            var answer = new ByteArrayOutputStream();
            while (!answer.toString(StandardCharsets.ISO_8859_1).contains(awaited)) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    return answer.toString(StandardCharsets.ISO_8859_1);
                }
                answer.write(next);
            }
            send(socket, rest);
            socket.getInputStream().transferTo(answer);
            return checked(answer.toString(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String checked(String answer) {
        SecretWatch.check("a request by the byte", answer, true);
        return answer;
    }

    private static Socket connect(URI server) throws IOException {
        var socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }
}
