package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers over TLS, as docs/operations.md says to configure it. */
class TlsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration UNTIL_THE_NEW_CERTIFICATE = Duration.ofSeconds(10);
    private static final Duration SEVERAL_LOOKS = Duration.ofSeconds(3);
    private static final int REQUESTS_OF_A_SHORT_CONNECTION = 5;
    private static final int REQUESTS_BEFORE_AND_AFTER = 50;

    private static final TestCertificate OLD = TestCertificate.valid("ip:127.0.0.1");
    private static final TestCertificate NEW = TestCertificate.another("ip:127.0.0.1");
    private static final SSLContext TRUSTS_BOTH = OLD.context(OLD, NEW);

    private static final Pattern HTTPS =
            Pattern.compile("Listening on: .*(https://127\\.0\\.0\\.1:\\d+)\\. Management");

    private final String topic = TestBroker.shared().newTopic();

    @TempDir
    Path directory;

    private GatewayProcess.Builder gateway() throws IOException {
        mount(OLD);
        return GatewayProcess.connectedTo(TestBroker.shared())
                .with("quarkus.tls.callers.key-store.pem.0.cert", directory.resolve("data/tls.crt"))
                .with("quarkus.tls.callers.key-store.pem.0.key", directory.resolve("data/tls.key"))
                .with("quarkus.tls.callers.reload-period", "1s")
                .with("quarkus.http.tls-configuration-name", "callers")
                .with("quarkus.http.ssl-port", "0");
    }

    /** Like a Secret of Kubernetes: both files change at once, by a link. */
    private void mount(TestCertificate certificate) throws IOException {
        var files = Files.createTempDirectory(directory, "files");
        Files.writeString(files.resolve("tls.crt"), certificate.certificatePem());
        Files.writeString(files.resolve("tls.key"), certificate.keyPem());
        var link = Files.createSymbolicLink(directory.resolve("data-new"), files);
        Files.move(link, directory.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static URI https(GatewayProcess gateway) {
        var listening = HTTPS.matcher(gateway.log());
        assertThat(listening.find()).as(gateway.log()).isTrue();
        return URI.create(listening.group(1));
    }

    private static HttpClient client(Version version) {
        return HttpClient.newBuilder().version(version).sslContext(TRUSTS_BOTH).build();
    }

    private HttpRequest message(URI server) {
        return HttpRequest.newBuilder(server.resolve("/topics/" + topic + "/messages"))
                .timeout(LIMIT)
                .POST(BodyPublishers.ofString("a"))
                .build();
    }

    @Test
    void aNewCertificateOnDiskIsServedAndNoRequestFails() throws Exception {
        try (var gateway =
                gateway().with("quarkus.http.insecure-requests", "disabled").start()) {
            var server = https(gateway);
            var load = new Load(server);
            try {
                var keptAlive = client(Version.HTTP_1_1);
                var http2 = client(Version.HTTP_2);
                load.run(Version.HTTP_1_1, count -> keptAlive);
                load.run(Version.HTTP_2, count -> http2);
                var shortLived = new HttpClient[] {keptAlive};
                load.run(Version.HTTP_1_1, count -> {
                    if (count % REQUESTS_OF_A_SHORT_CONNECTION == 0) {
                        shortLived[0] = client(Version.HTTP_1_1);
                    }
                    return shortLived[0];
                });
                load.awaitMore();
                assertThat(served(server)).isEqualTo(encoded(OLD));

                for (var certificate : List.of(NEW, OLD, NEW)) {
                    mount(certificate);

                    await().atMost(UNTIL_THE_NEW_CERTIFICATE)
                            .until(() -> served(server).equals(encoded(certificate)));
                    load.awaitMore();
                }
            } finally {
                load.stop();
            }
            assertThat(load.failures).isEmpty();
            assertThat(Pattern.compile("certificate replaced tls=callers")
                            .matcher(gateway.log())
                            .results())
                    .as("one line for each replacement, none for a look at the files")
                    .hasSize(3);
            assertThat(gateway.log())
                    .doesNotContain(" ERROR ")
                    .doesNotContainPattern(" WARN (?!.*(the gateway is open|state of RocketMQ changed))");
        }
    }

    /** Publishes one message after the other, in a thread for each client. */
    private final class Load {

        private final URI server;
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final Queue<AtomicInteger> counts = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final ExecutorService threads = Executors.newCachedThreadPool();

        Load(URI server) {
            this.server = server;
        }

        void run(Version version, IntFunction<HttpClient> client) {
            var count = new AtomicInteger();
            counts.add(count);
            threads.execute(() -> {
                while (!stopped.get()) {
                    publish(version, client.apply(count.get()));
                    count.incrementAndGet();
                }
            });
        }

        private void publish(Version version, HttpClient client) {
            try {
                var answer = client.send(message(server), BodyHandlers.ofString());
                if (answer.statusCode() != 200 || answer.version() != version) {
                    failures.add(answer + answer.body());
                }
            } catch (IOException e) {
                failures.add(e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitMore() {
            var targets = counts.stream()
                    .map(count -> count.get() + REQUESTS_BEFORE_AND_AFTER)
                    .toList();
            await().atMost(LIMIT).until(() -> {
                var now = counts.stream().map(AtomicInteger::get).toList();
                return IntStream.range(0, now.size()).allMatch(i -> now.get(i) >= targets.get(i));
            });
        }

        void stop() throws InterruptedException {
            stopped.set(true);
            threads.shutdown();
            assertThat(threads.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    /** What a new connection is shown. */
    private static String served(URI server) throws IOException, CertificateEncodingException {
        try (var socket = (SSLSocket) TRUSTS_BOTH.getSocketFactory().createSocket(server.getHost(), server.getPort())) {
            socket.startHandshake();
            return Base64.getEncoder()
                    .encodeToString(socket.getSession().getPeerCertificates()[0].getEncoded());
        }
    }

    private static String encoded(TestCertificate certificate) {
        return certificate.certificatePem().replaceAll("-----.*-----|\\s", "");
    }

    @Test
    void plainHttpIsRedirectedAndHstsIsSent() throws Exception {
        try (var gateway = gateway()
                .with("quarkus.http.insecure-requests", "redirect")
                .with("quarkus.http.header.\"Strict-Transport-Security\".value", "max-age=31536000")
                .start()) {
            var redirected = gateway.get("/problems");
            var secure = https(gateway);

            assertThat(redirected.statusCode()).isEqualTo(301);
            // With a port that is chosen at the start, the redirect does not know it.
            assertThat(redirected.headers().firstValue("Location").orElse(""))
                    .startsWith("https://127.0.0.1:")
                    .endsWith("/problems");
            for (var version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
                var answer = client(version).send(message(secure), BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(version);
                assertThat(answer.headers().allValues("Strict-Transport-Security"))
                        .containsExactly("max-age=31536000");
                assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
            }
        }
    }

    /** Files that do not fit each other, or are half written, must not take the certificate away that is in use. */
    @Test
    void filesThatCannotBeUsedLeaveTheCertificateInUse() throws Exception {
        try (var gateway = gateway().start()) {
            var server = https(gateway);
            Files.writeString(directory.resolve("data/tls.crt"), "half");
            await().during(SEVERAL_LOOKS).atMost(LIMIT).until(() -> served(server)
                    .equals(encoded(OLD)));

            mount(NEW);

            await().atMost(UNTIL_THE_NEW_CERTIFICATE).until(() -> served(server).equals(encoded(NEW)));
        }
    }

    /** The guards of HTTP/1 are on connections of TLS too. */
    @Test
    void refusesAmbiguousFramingOverTls() throws Exception {
        try (var gateway = gateway().start();
                var socket = (SSLSocket) TRUSTS_BOTH
                        .getSocketFactory()
                        .createSocket("127.0.0.1", https(gateway).getPort())) {
            socket.getOutputStream()
                    .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .getBytes(StandardCharsets.ISO_8859_1));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .startsWith("HTTP/1.1 400 ");
        }
    }
}
