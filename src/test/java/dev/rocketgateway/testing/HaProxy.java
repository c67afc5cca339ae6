package dev.rocketgateway.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** HAProxy before several gateways. It asks each for its readiness twice a second, and repeats no request. */
public final class HaProxy implements AutoCloseable {

    /** Ends it when the standard input ends, which it does with this process. */
    private static final String STOP_WITH_PARENT = "\"$@\" & read -r _; kill $!; wait $!";

    private static final int LOWEST_PORT = 12_000;
    private static final int HIGHEST_PORT = 32_000;

    private final Process process;
    private final int port;

    /** The ports of a gateway, which it keeps over restarts. */
    public record Ports(int http, int management) {

        /** Free ports, below those that outgoing connections get. */
        public static Ports free() {
            return new Ports(freePort(), freePort());
        }
    }

    private HaProxy(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static boolean isInstalled() {
        return program() != null;
    }

    private static Path program() {
        return Stream.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    public static HaProxy start(Path directory, List<Ports> gateways) {
        int port = freePort();
        var servers = new StringBuilder();
        for (int i = 0; i < gateways.size(); i++) {
            servers.append("  server g%d 127.0.0.1:%d check port %d inter 500ms fall 1 rise 1%n"
                    .formatted(i, gateways.get(i).http(), gateways.get(i).management()));
        }
        try {
            var configuration = Files.writeString(directory.resolve("haproxy.cfg"), """
                    global
                      maxconn 4000
                    defaults
                      mode http
                      retries 0
                      timeout connect 2s
                      timeout client 60s
                      timeout server 60s
                      timeout check 2s
                    frontend callers
                      bind 127.0.0.1:%d
                      default_backend gateways
                    backend gateways
                      balance roundrobin
                      option httpchk GET /q/health/ready
                    %s""".formatted(port, servers));
            var process = new ProcessBuilder(
                            "sh",
                            "-c",
                            STOP_WITH_PARENT,
                            "sh",
                            program().toString(),
                            "-db",
                            "-f",
                            configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("haproxy.log").toFile())
                    .start();
            var proxy = new HaProxy(process, port);
            await().atMost(Duration.ofSeconds(20)).until(() -> isOpen(port));
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where callers send their requests. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private static boolean isOpen(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (var socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one.
            }
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
