package dev.rocketgateway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/** A TCP proxy that closes a connection when a given text passes, so that the request gets no answer. */
public final class CuttingProxy implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final String host;
    private final int port;
    private final String text;
    private final IntPredicate cutting;
    private final AtomicInteger sightings = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /**
     * @param target host and port of the server
     * @param text in what clients send, within one packet
     * @param cutting whether to end the connection when the text passes for the first, second, … time
     */
    public CuttingProxy(String target, String text, IntPredicate cutting) throws IOException {
        int colon = target.lastIndexOf(':');
        this.host = target.substring(0, colon);
        this.port = Integer.parseInt(target.substring(colon + 1));
        this.text = text;
        this.cutting = cutting;
        start(this::accept);
    }

    /** Host and port to connect to. */
    public String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** How many packets had the text. */
    public int sightings() {
        return sightings.get();
    }

    /** How many connections were ended. */
    public int cuts() {
        return cuts.get();
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            var client = keep(server.accept());
            var upstream = keep(new Socket(host, port));
            start(() -> pump(client, upstream, true));
            start(() -> pump(upstream, client, false));
        }
    }

    private void pump(Socket from, Socket to, boolean looks) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            var buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (looks && isToBeCut(new String(buffer, 0, read, StandardCharsets.ISO_8859_1))) {
                    return;
                }
                out.write(buffer, 0, read);
            }
        }
    }

    private boolean isToBeCut(String packet) {
        if (!packet.contains(text)) {
            return false;
        }
        boolean cut = cutting.test(sightings.incrementAndGet());
        if (cut) {
            cuts.incrementAndGet();
        }
        return cut;
    }

    private Socket keep(Socket socket) throws IOException {
        sockets.add(socket);
        if (server.isClosed()) {
            // close() may have passed the set already.
            socket.close();
        }
        return socket;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // Here or at the other end.
                    }
                },
                "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) {
            socket.close();
        }
    }
}
