package dev.rocketgateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLServerSocket;

/**
 * An endpoint over raw sockets that behaves as badly as a test needs, on a free port of the loopback address.
 *
 * <pre>{@code
 * try (var endpoint = HostileEndpoint.behaving(HostileEndpoint.answering(503, "Retry-After", "7"))) {
 *     send(endpoint.url());
 *     assertThat(endpoint.requests()).hasSize(1);
 * }
 * }</pre>
 * A behaviour is called for each connection, on a thread of that connection, and may do anything; those below are the usual
 * ones.
 */
public final class HostileEndpoint implements AutoCloseable {

    /** What it does with a connection. Returning closes it. */
    @FunctionalInterface
    public interface Behaviour {

        void meet(Peer peer) throws IOException;
    }

    /** A request as it arrived; header names in lower case, and several of a name joined by commas. */
    public record Request(String line, Map<String, String> headers, byte[] body) {

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        public String text() {
            return new String(body, ISO_8859_1);
        }
    }

    private final ServerSocket server;
    private final String scheme;
    private final Behaviour behaviour;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "hostile-endpoint");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread acceptor = new Thread(this::accept, "hostile-endpoint-acceptor");

    private HostileEndpoint(ServerSocket server, String scheme, Behaviour behaviour) {
        this.server = server;
        this.scheme = scheme;
        this.behaviour = behaviour;
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** Over plain HTTP. */
    public static HostileEndpoint behaving(Behaviour behaviour) {
        try {
            return new HostileEndpoint(new ServerSocket(0, 1000, loopback()), "http", behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Over plain HTTP and the loopback address of IPv6. */
    public static HostileEndpoint behavingOverIpv6(Behaviour behaviour) {
        try {
            return new HostileEndpoint(new ServerSocket(0, 1000, InetAddress.getByName("::1")), "http", behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Over TLS.
     *
     * @param clients if any, it takes only clients that show one of them
     */
    public static HostileEndpoint behavingOverTls(
            Behaviour behaviour, TestCertificate certificate, TestCertificate... clients) {
        try {
            var factory = certificate.context(clients).getServerSocketFactory();
            var server = (SSLServerSocket) factory.createServerSocket(0, 1000, loopback());
            server.setNeedClientAuth(clients.length > 0);
            return new HostileEndpoint(server, "https", behaviour);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    /** A URL where nobody listens. Its port stays taken, because another test could listen on a port that is free. */
    public static URI refusing() {
        return URI.create("http://127.0.0.1:" + NobodyListens.SOCKET.getLocalPort() + "/hook");
    }

    /** A socket with a port that does not listen: connections to it are refused. */
    private static final class NobodyListens {

        static final Socket SOCKET = bound();

        private static Socket bound() {
            try {
                var socket = new Socket();
                socket.bind(new InetSocketAddress(loopback(), 0));
                return socket;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A port where attempts to connect get no answer at all, because its queue is full. */
    public static final class Blackhole implements AutoCloseable {

        private final ServerSocket server;
        private final List<Socket> queued = new ArrayList<>();

        public Blackhole() {
            try {
                server = new ServerSocket(0, 1, loopback());
                while (queue()) {
                    if (queued.size() > 100) {
                        throw new IllegalStateException("the queue does not fill");
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private boolean queue() throws IOException {
            var socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(new InetSocketAddress(loopback(), server.getLocalPort()), 200);
                return true;
            } catch (SocketTimeoutException full) {
                return false;
            }
        }

        public URI url() {
            return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/hook");
        }

        @Override
        public void close() throws IOException {
            for (var socket : queued) {
                socket.close();
            }
            server.close();
        }
    }

    public URI url() {
        return url("127.0.0.1");
    }

    /** With another host in it, which must lead here. */
    public URI url(String host) {
        return URI.create("%s://%s:%d/hook?key=1".formatted(scheme, host, port()));
    }

    public int port() {
        return server.getLocalPort();
    }

    /** How many connections it has had. */
    public int connections() {
        return connections.get();
    }

    /** How many connections there are now. */
    public int openConnections() {
        return open.size();
    }

    /** The requests that were read to their end. */
    public List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** Where there are so many that they would fill the heap. */
    public void forgetRequests() {
        requests.clear();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                threads.execute(() -> meet(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void meet(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            behaviour.meet(new Peer(socket));
        } catch (IOException hungUp) {
            // The other side has had enough, or the test is over.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            server.close();
            // A connection can still be accepted while the socket closes. Nobody would close that one.
            acceptor.join();
            for (var socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }

    /** The other side of one connection. */
    public final class Peer {

        private final Socket socket;

        private Peer(Socket socket) {
            this.socket = socket;
        }

        /**
         * Reads a request.
         *
         * @throws IOException if none comes
         */
        public Request read() throws IOException {
            var head = new ByteArrayOutputStream();
            var in = socket.getInputStream();
            while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("no request");
                }
                head.write(next);
            }
            var lines = head.toString(ISO_8859_1).split("\r\n");
            var headers = new TreeMap<String, String>();
            for (int i = 1; i < lines.length; i++) {
                var parts = lines[i].split(":", 2);
                headers.merge(parts[0].toLowerCase(Locale.ROOT), parts[1].strip(), (one, other) -> one + ", " + other);
            }
            var body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
            var request = new Request(lines[0], headers, body);
            requests.add(request);
            return request;
        }

        public void write(String text) throws IOException {
            write(text.getBytes(ISO_8859_1));
        }

        public void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Does nothing until the other side hangs up or the test is over. */
        public void hold() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                // What still comes is not wanted.
            }
        }

        /** Lets time pass; false when the test is over. */
        public boolean pause(long millis) throws IOException {
            try {
                return !closing.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /**
     * Answers every request of every connection.
     *
     * @param headers names and values in turn
     */
    public static Behaviour answering(int status, String... headers) {
        return answering(request -> response(status, "", headers));
    }

    /** What a request is answered with; the bytes go out as they are. */
    @FunctionalInterface
    public interface Answer {

        String to(Request request) throws IOException;
    }

    /** Answers every request of every connection with what is made for it. */
    public static Behaviour answering(Answer answer) {
        return peer -> {
            while (true) {
                peer.write(answer.to(peer.read()));
            }
        };
    }

    /** An answer that is as it should be. Statuses that have no body get none. */
    public static String response(int status, String body, String... headers) {
        var head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        boolean bodiless = status < 200 || status == 204 || status == 304;
        if (!bodiless) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return head + "\r\n" + (bodiless ? "" : body);
    }

    /** Reads the request and says nothing. */
    public static Behaviour silent() {
        return peer -> {
            peer.read();
            peer.hold();
        };
    }

    /** Accepts the connection and reads nothing. */
    public static Behaviour deaf() {
        return peer -> peer.pause(3_600_000);
    }

    /** Closes the connection before it has read the request. */
    public static Behaviour closing() {
        return peer -> {};
    }

    /** Resets the connection when it has read the request. */
    public static Behaviour resetting() {
        return peer -> {
            peer.read();
            peer.reset();
        };
    }

    /** Begins an answer and then resets the connection or closes it. */
    public static Behaviour breakingOffAfter(String begun, boolean reset) {
        return peer -> {
            peer.read();
            peer.write(begun);
            if (reset) {
                peer.reset();
            }
        };
    }

    /** Begins an answer and says no more. */
    public static Behaviour stallingAfter(String begun) {
        return peer -> {
            peer.read();
            peer.write(begun);
            peer.hold();
        };
    }

    /** Answers with a body of which a byte comes every so often. */
    public static Behaviour dripping(int status, long millis) {
        return peer -> {
            peer.read();
            peer.write("HTTP/1.1 " + status + " X\r\nContent-Length: 1000000\r\n\r\n");
            while (peer.pause(millis)) {
                peer.write(".");
            }
        };
    }

    /** Sends a head of which a byte comes every so often, and which has no end. */
    public static Behaviour drippingHead(long millis) {
        return peer -> {
            peer.read();
            peer.write("HTTP/1.1 200 X\r\nA: ");
            while (peer.pause(millis)) {
                peer.write("a");
            }
        };
    }

    /** Answers with a body that never ends, as fast as it can. */
    public static Behaviour endless(int status) {
        return peer -> {
            peer.read();
            peer.write("HTTP/1.1 " + status + " X\r\n\r\n");
            while (true) {
                peer.write("x".repeat(65536));
            }
        };
    }

    /** Answers with a few kilobytes of gzip that are many megabytes when they are decoded. */
    public static Behaviour bomb(int status) {
        var content = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(content)) {
            var zeros = new byte[1 << 20];
            for (int i = 0; i < 10; i++) {
                gzip.write(zeros);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return peer -> {
            peer.read();
            peer.write("HTTP/1.1 %d X\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                    .formatted(status, content.size()));
            peer.write(content.toByteArray());
        };
    }
}
