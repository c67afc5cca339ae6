package dev.rocketgateway.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A TCP proxy that delays the server's answers and keeps their order. */
public final class DelayingProxy implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final String targetHost;
    private final int targetPort;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(DelayingProxy::daemon);
    private final ScheduledExecutorService late = Executors.newSingleThreadScheduledExecutor(DelayingProxy::daemon);
    private volatile Duration delay;

    /**
     * Listens on the target's port at another address of this host.
     *
     * @param target host and port of the server
     */
    public DelayingProxy(String listenHost, String target, Duration delay) throws IOException {
        int colon = target.lastIndexOf(':');
        this.targetHost = target.substring(0, colon);
        this.targetPort = Integer.parseInt(target.substring(colon + 1));
        this.delay = delay;
        this.server = new ServerSocket(targetPort, 50, InetAddress.getByName(listenHost));
        threads.execute(() -> quietly(this::accept));
    }

    public void delay(Duration next) {
        delay = next;
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            var client = keep(server.accept());
            var upstream = keep(new Socket(targetHost, targetPort));
            threads.execute(() -> quietly(() -> {
                try (client;
                        upstream) {
                    client.getInputStream().transferTo(upstream.getOutputStream());
                }
            }));
            threads.execute(() -> quietly(() -> answer(upstream, client)));
        }
    }

    private void answer(Socket upstream, Socket client) throws IOException {
        long due = System.nanoTime();
        var buffer = new byte[BUFFER];
        var in = upstream.getInputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            var bytes = Arrays.copyOf(buffer, read);
            due = Math.max(due, System.nanoTime() + delay.toNanos());
            late.schedule(
                    () -> quietly(() -> client.getOutputStream().write(bytes)),
                    due - System.nanoTime(),
                    TimeUnit.NANOSECONDS);
        }
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

    private static void quietly(Work work) {
        try {
            work.run();
        } catch (IOException closed) {
            // Here or at the other end.
        }
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "delaying-proxy");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
        late.shutdownNow();
    }
}
