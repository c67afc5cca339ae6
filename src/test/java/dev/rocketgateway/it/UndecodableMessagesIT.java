package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.compression.CompressorFactory;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A message that its producer marked as compressed, and its neighbours. */
class UndecodableMessagesIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LONG = Duration.ofSeconds(60);

    private final String topic = BROKER.newTopic();
    private final MessageQueue queue = new MessageQueue(topic, "broker-a", 0);
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final TestEndpoint endpoint = TestEndpoint.answering(200);

    private static GatewayProcess gateway;
    private static Subscriptions subscriptions;

    @BeforeAll
    static void startGateway() {
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.rocketmq.max-decompressed-size", "1M")
                .start();
        subscriptions = new Subscriptions(gateway);
    }

    @AfterAll
    static void stopGateway() {
        gateway.close();
    }

    @AfterEach
    void stop() {
        subscriptions.delete(name, "");
        endpoint.close();
    }

    private void subscribe(String url) {
        subscriptions.createFromEarliest(name, topic, url);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] compressed(CompressionType type, byte[] body) throws Exception {
        return CompressorFactory.getCompressor(type).compress(body, 5);
    }

    static Stream<Arguments> badBodies() throws Exception {
        return Stream.of(
                Arguments.of("plain", bytes("not compressed"), 0, "(zlib), but its body cannot be decompressed"),
                Arguments.of(
                        "plain LZ4",
                        bytes("not compressed"),
                        MessageSysFlag.COMPRESSION_LZ4_TYPE,
                        "(LZ4), but its body cannot"),
                Arguments.of(
                        "plain zstd",
                        bytes("not compressed"),
                        MessageSysFlag.COMPRESSION_ZSTD_TYPE,
                        "(Zstandard), but its body cannot"),
                Arguments.of("unknown", bytes("who knows"), 0x7 << 8, "(type 7), but its body cannot"),
                Arguments.of(
                        "cut",
                        java.util.Arrays.copyOf(compressed(CompressionType.ZLIB, bytes("x".repeat(1000))), 8),
                        0,
                        "(zlib), but its body cannot"),
                Arguments.of(
                        "bomb",
                        compressed(CompressionType.ZLIB, new byte[20_000_000]),
                        0,
                        "has a decompressed body of more than 1048576 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badBodies")
    void aBodyThatCannotBeDecompressedIsADeadLetterAndItsNeighboursAreDelivered(
            String what, byte[] body, int type, String reason) throws Exception {
        BROKER.witness().send(queue, "one");
        BROKER.witness().sendRaw(queue, body, MessageSysFlag.COMPRESSED_FLAG | type);
        BROKER.witness().send(queue, "two");
        BROKER.witness().send(queue, "three");

        subscribe(endpoint.url());

        await().atMost(LONG).untilAsserted(() -> assertThat(endpoint.requests())
                .extracting(Request::text)
                .containsExactlyInAnyOrder("one", "two", "three"));
        var dead = "/subscriptions/" + name + "/dlq";
        await().atMost(LONG).untilAsserted(() -> assertThat(
                        Subscriptions.json(gateway.get(dead), 200).get("items"))
                .hasSize(1));
        assertThat(gateway.log().lines()).anySatisfy(line -> assertThat(line)
                .contains("subscription=" + name, "reason=unrepresentable")
                .contains(reason));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aBodyThatWasCompressedIsDeliveredAsItWasBefore(CompressionType type) throws Exception {
        var text = "hello ".repeat(1000);
        BROKER.witness()
                .sendRaw(
                        queue,
                        compressed(type, bytes(text)),
                        MessageSysFlag.COMPRESSED_FLAG | type.getCompressionFlag());

        subscribe(endpoint.url());

        assertThat(endpoint.await(1)).extracting(Request::text).containsExactly(text);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aCompressedBodyComesBackAsItWasAfterAFailureAndAfterItWasDead(CompressionType type) throws Exception {
        var text = "hello ".repeat(1000);
        BROKER.witness()
                .sendRaw(
                        queue,
                        compressed(type, bytes(text)),
                        MessageSysFlag.COMPRESSED_FLAG | type.getCompressionFlag());
        endpoint.close();
        try (var failing = TestEndpoint.answering(500, 422, 200)) {
            subscribe(failing.url());
            failing.await(2);
            var dlq = "/subscriptions/" + name + "/dlq";
            await().atMost(LONG)
                    .until(() -> Subscriptions.json(gateway.get(dlq), 200)
                                    .get("items")
                                    .size()
                            == 1);

            Subscriptions.json(subscriptions.post(dlq + ":redrive", "{\"all\":true}"), 202);

            assertThat(failing.await(3)).extracting(Request::text).containsOnly(text);
        }
    }
}
