package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Http2Flood;
import dev.rocketgateway.testing.RawConnection;
import dev.rocketgateway.testing.RawHttp2.Field;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that hold connections, or send what costs the server more than them, harm nobody else: the gateway is small and stays up. */
class AbuseIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int FILES_OF_ITS_OWN = 2_000;

    /** Heap, as much again for buffers, and what a JVM needs. */
    private static final long RESIDENT_LIMIT_MEGABYTES = 1_024;

    private static final int RESET_STREAMS = 2_000;
    private static final int CALM = 11;

    private static final List<Field> REQUEST = List.of(
            new Field(":method", "POST"),
            new Field(":scheme", "http"),
            new Field(":path", "/topics/abused/messages"),
            new Field(":authority", "x"));

    private static String topic;
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        topic = TestBroker.shared().newTopic();
        gateway = GatewayProcess.connectedTo(TestBroker.shared())
                .with("quarkus.http.limits.max-connections", 12_000)
                .with("quarkus.http.idle-timeout", "10m")
                .with("gateway.http.head-timeout", "2s")
                .withJvmOption("-Xmx256m")
                .withJvmOption("-XX:+ExitOnOutOfMemoryError")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void servesOthersAndLivesWithBoundedMemory() throws IOException {
        assertServesOthers();
        assertThat(gateway.process().isAlive()).isTrue();
        assertThat(gateway.log()).doesNotContain("OutOfMemoryError").doesNotContain("because of a bug");
        assertThat(residentMegabytes()).isLessThan(RESIDENT_LIMIT_MEGABYTES);
    }

    private static void assertServesOthers() {
        var answer = gateway.publish(topic, "", "from another caller");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static long residentMegabytes() throws IOException {
        var status = Path.of("/proc", String.valueOf(gateway.process().pid()), "status");
        var line = Files.readAllLines(status).stream()
                .filter(each -> each.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
    }

    @ParameterizedTest
    @ValueSource(strings = {"P", "POST /topics/x/messages HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA: ", "\r\n"})
    void closesConnectionsWhoseHeadsNeverEnd(String begin) throws IOException {
        try (var slow = new Connections()) {
            slow.open(200);
            slow.send(begin);
            assertServesOthers();

            await().atMost(LIMIT).until(() -> slow.countClosed("a") == 200);
        }
    }

    /** A head after a complete request is no different. */
    @Test
    void closesAConnectionWhoseSecondHeadNeverEnds() throws IOException {
        try (var slow = new Connections()) {
            slow.open(1);
            slow.send("GET /problems/not-found HTTP/1.1\r\nHost: x\r\n\r\nGET");

            await().atMost(LIMIT).until(() -> slow.countClosed("a") == 1);
        }
    }

    /** They cost a connection each, and the limit of connections bounds that. */
    @Test
    void holdsTenThousandIdleConnections() throws IOException {
        int count = (int) Math.min(10_000, openFilesLimit() - FILES_OF_ITS_OWN);
        assertThat(count).as("files that this test may open").isGreaterThanOrEqualTo(1_000);
        try (var idle = new Connections()) {
            idle.open(count);

            assertServesOthers();
            assertThat(idle.countClosed("")).isZero();
        }
    }

    private static long openFilesLimit() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
    }

    @Test
    void takes100000BytesOfHeadersAndRefusesMore() throws IOException {
        assertThat(statusWithHeaders(100_000)).isEqualTo(200);
        for (int i = 0; i < 100; i++) {
            assertThat(statusWithHeaders(140_000)).isEqualTo(431);
        }
    }

    private static int statusWithHeaders(int bytes) throws IOException {
        var head = new StringBuilder("GET /problems HTTP/1.1\r\nHost: x\r\n");
        for (int i = 0; head.length() < bytes; i++) {
            head.append("X-%d: %s\r\n".formatted(i, "a".repeat(1_000)));
        }
        try (var connection = new RawConnection(gateway.root())) {
            return connection
                    .exchange(head.append("\r\n").toString().getBytes(ISO_8859_1))
                    .status();
        }
    }

    /** The first request of the client is the upgrade, with the headers of HTTP/1. */
    @Test
    void takesAsManyOverHttp2() throws IOException, InterruptedException {
        var client = HttpClient.newHttpClient();
        var plain = HttpRequest.newBuilder(gateway.root().resolve("/problems")).build();
        client.send(plain, BodyHandlers.discarding());
        var large = HttpRequest.newBuilder(plain.uri());
        for (int i = 0; i < 100; i++) {
            large.header("X-" + i, "a".repeat(1_000));
        }

        var answer = client.send(large.build(), BodyHandlers.discarding());

        assertThat(answer.version()).isEqualTo(Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @RepeatedTest(20)
    void closesAConnectionThatResetsItsStreams() throws IOException {
        assertClosed(Http2Flood.resets(gateway.root(), RESET_STREAMS, REQUEST));
    }

    /** Of a head that goes on for ever, no more is kept than a head may have. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 16_000})
    void closesAConnectionWhoseHeadHasTooManyFrames(int bytes) throws IOException {
        for (int i = 0; i < 20; i++) {
            assertClosed(Http2Flood.continuations(gateway.root(), 20_000_000 / (bytes + 9) / 10, fields(bytes)));
        }
    }

    /** Literal fields of HPACK: a name of one letter, and values. */
    private static byte[] fields(int bytes) {
        var block = new byte[bytes / 100 * 100];
        for (int i = 0; i < block.length; i += 100) {
            block[i + 1] = 1;
            block[i + 2] = 'a';
            block[i + 3] = 96;
            for (int j = 4; j < 100; j++) {
                block[i + j] = 'b';
            }
        }
        return block;
    }

    @Test
    void closesAConnectionThatFloodsWithEmptyFrames() throws IOException {
        assertClosed(Http2Flood.emptyData(gateway.root(), 100_000, REQUEST));
    }

    /** Answers that the caller does not read must not pile up. */
    @RepeatedTest(5)
    void survivesSettingsAndPings() throws IOException {
        Http2Flood.settings(gateway.root(), 200_000);
        Http2Flood.pings(gateway.root(), 200_000);
    }

    private static void assertClosed(String outcome) {
        assertThat(outcome).isIn("closed", "GOAWAY " + CALM, "GOAWAY 1");
    }

    /** Many connections that are held open. */
    private static final class Connections implements AutoCloseable {

        private final List<SocketChannel> open = new ArrayList<>();

        void open(int count) throws IOException {
            var address = new InetSocketAddress(
                    gateway.root().getHost(), gateway.root().getPort());
            for (int i = 0; i < count; i++) {
                var channel = SocketChannel.open();
                open.add(channel);
                // They take a third of all ports; a broker of another test that starts again must still get its own.
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.connect(address);
                channel.configureBlocking(false);
            }
        }

        void send(String text) throws IOException {
            for (var channel : open) {
                channel.write(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
            }
        }

        /** How many the server has closed, after some more bytes to each. */
        long countClosed(String more) {
            return open.stream().filter(channel -> isClosed(channel, more)).count();
        }

        private static boolean isClosed(SocketChannel channel, String more) {
            try {
                int read = channel.read(ByteBuffer.allocate(1_000));
                if (read == 0 && !more.isEmpty()) {
                    channel.write(ByteBuffer.wrap(more.getBytes(ISO_8859_1)));
                }
                return read < 0;
            } catch (IOException reset) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            for (var channel : open) {
                channel.close();
            }
        }
    }
}
