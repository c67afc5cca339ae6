package dev.rocketgateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against real sockets that behave as badly as the test needs. */
class WebhookClientTest {

    private final Vertx vertx = Vertx.vertx();
    private final WebhookClient client = new WebhookClient(
            vertx,
            new SmallRyeConfigBuilder()
                    .addDiscoveredConverters()
                    .withMapping(WebhookConfig.class)
                    .withSources(new PropertiesConfigSource(Map.of(), "test", 100))
                    .build()
                    .getConfigMapping(WebhookConfig.class));
    private final CopyOnWriteArrayList<Socket> connections = new CopyOnWriteArrayList<>();
    private ServerSocket server;

    interface Behaviour {
        void meet(Socket connection) throws IOException;
    }

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
        for (var connection : connections) {
            connection.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private WebhookOutcome post(Duration timeout, Behaviour behaviour) throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        var thread = new Thread(() -> {
            try {
                while (true) {
                    var connection = server.accept();
                    connections.add(connection);
                    behaviour.meet(connection);
                }
            } catch (IOException closed) {
                // The test is over, or the client hung up.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return post("http://127.0.0.1:" + server.getLocalPort() + "/hook", timeout);
    }

    private WebhookOutcome post(String url, Duration timeout) {
        var message = new WebhookMessage("id", Map.of("a", "b"), "body".getBytes(StandardCharsets.UTF_8));
        try (var sender = client.open(WebhookEndpoint.of(URI.create(url), timeout))) {
            return sender.send(message).toCompletableFuture().join();
        }
    }

    private static void answer(Socket connection, String text) {
        try {
            var input = connection.getInputStream();
            var seen = new StringBuilder();
            while (!seen.toString().endsWith("body")) {
                seen.append((char) input.read());
            }
            connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            connection.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"200", "204", "302", "404", "503"})
    void reportsTheStatus(int status) throws IOException {
        var outcome = post(
                Duration.ofSeconds(5),
                connection -> answer(
                        connection,
                        "HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
                                .formatted(status)));

        assertThat(outcome).satisfies(answered(status));
        assertThat(connections).hasSize(1);
    }

    @Test
    void endsAtTheDeadlineWhenNothingComes() throws IOException {
        assertThat(post(Duration.ofMillis(200), connection -> {})).satisfies(failed(WebhookOutcome.Failure.TIMEOUT));
    }

    @Test
    void endsAtTheDeadlineWhenTheHeadNeverEnds() throws IOException {
        var outcome = post(Duration.ofMillis(200), connection -> answer(connection, "HTTP/1.1 200 OK\r\nA: "));

        assertThat(outcome).satisfies(failed(WebhookOutcome.Failure.TIMEOUT));
    }

    @Test
    void goesByTheStatusWhenTheBodyNeverEnds() throws IOException {
        var outcome = post(
                Duration.ofMillis(200),
                connection -> answer(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nslow"));

        assertThat(outcome).satisfies(answered(200));
    }

    @Test
    void readsNoMoreThanItMust() throws IOException {
        var outcome = post(
                Duration.ofSeconds(20),
                connection ->
                        answer(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + "x".repeat(20_000)));

        assertThat(outcome).satisfies(answered(200));
    }

    @Test
    void reportsAConnectionThatBreaks() throws IOException {
        assertThat(post(Duration.ofSeconds(5), Socket::close)).satisfies(failed(WebhookOutcome.Failure.RESET));
    }

    @Test
    void reportsAnswersThatAreNotHttp() throws IOException {
        assertThat(post(Duration.ofSeconds(5), connection -> answer(connection, "SSH-2.0-x\r\n\r\n")))
                .isInstanceOf(WebhookOutcome.Failed.class);
    }

    @Test
    void reportsAPortNobodyListensOn() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        assertThat(post("http://127.0.0.1:" + port, Duration.ofSeconds(5)))
                .satisfies(failed(WebhookOutcome.Failure.CONNECT_REFUSED));
    }

    @Test
    void reportsANameThatIsNone() {
        assertThat(post("http://no-such-host.invalid/", Duration.ofSeconds(10)))
                .satisfies(failed(WebhookOutcome.Failure.DNS));
    }

    @Test
    void reportsAnEndpointThatDoesNotSpeakTls() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        var thread = new Thread(() -> {
            try {
                var connection = server.accept();
                connections.add(connection);
                connection.getOutputStream().write("HTTP/1.1 400 X\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                connection.getOutputStream().flush();
            } catch (IOException closed) {
                // The test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();

        assertThat(post("https://127.0.0.1:" + server.getLocalPort() + "/", Duration.ofSeconds(5)))
                .satisfies(failed(WebhookOutcome.Failure.TLS));
    }

    private static Consumer<WebhookOutcome> failed(WebhookOutcome.Failure failure) {
        return outcome -> assertThat(outcome)
                .isInstanceOfSatisfying(WebhookOutcome.Failed.class, failed -> assertThat(failed.failure())
                        .isEqualTo(failure));
    }

    private static Consumer<WebhookOutcome> answered(int status) {
        return outcome -> assertThat(outcome)
                .isInstanceOfSatisfying(WebhookOutcome.Answered.class, answer -> assertThat(answer.status())
                        .isEqualTo(status));
    }
}
