package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A request body that is much larger than the gateway's memory. */
@ResourceLock("the load of the machine")
class LineStreamIT {

    private static final Logger LOG = Logger.getLogger(LineStreamIT.class);

    private static final int LINES = Integer.getInteger("lines", 250_000);
    private static final int LINE_BYTES = 4096;

    @Test
    void storesEveryLineOfAStreamOnce() {
        try (var broker = TestBroker.start();
                var gateway = GatewayProcess.connectedTo(broker)
                        .withJvmOption("-Xmx256m")
                        .withJvmOption("-XX:+ExitOnOutOfMemoryError")
                        .start();
                var reader = new NativeClient(broker.nameServerAddress())) {
            var topic = broker.newTopic();

            var answer = gateway.publishBatch(
                    topic, "", "application/x-ndjson", BodyPublishers.ofInputStream(NumberedLines::new));

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(new JsonObject(answer.body()).getInteger("accepted")).isEqualTo(LINES);
            assertThat(gateway.get("/q/metrics").body()).contains("gateway_publish_in_flight_size_bytes 0.0");
            // A broker lets consumers see a message a moment after it has answered.
            await().atMost(Duration.ofSeconds(60)).until(() -> reader.count(topic), count -> count == LINES);
            var seen = new BitSet(LINES);
            reader.forEachStored(topic, message -> {
                int number = Integer.parseInt(message.text().strip());
                assertThat(message.body()).hasSize(LINE_BYTES - 1);
                assertThat(seen.get(number))
                        .as("line %d is stored twice", number)
                        .isFalse();
                seen.set(number);
            });
            LOG.infof("stream lines=%d bytes=%d stored=%d", LINES, (long) LINES * LINE_BYTES, seen.cardinality());
            assertThat(seen.cardinality()).isEqualTo(LINES);
        }
    }

    /** Lines that come one by one are stored while the body goes on, and are the caller's to know when the service stops. */
    @Test
    void tellsHowFarItCameWhenTheServiceStops() throws IOException {
        var broker = TestBroker.shared();
        var topic = broker.newTopic();
        try (var gateway = GatewayProcess.connectedTo(broker).start();
                var caller = new Socket(gateway.root().getHost(), gateway.root().getPort())) {
            caller.setSoTimeout(30_000);
            send(caller, """
                    POST /topics/%s/messages:batch HTTP/1.1
                    Host: gateway
                    Content-Type: application/x-ndjson
                    Content-Length: 1000000

                    one
                    """.formatted(topic).replace("\n", "\r\n"));
            await().until(() -> broker.count(topic) == 1);
            send(caller, "two\n");
            await().until(() -> broker.count(topic) == 2);

            var stopped = CompletableFuture.supplyAsync(() -> gateway.terminate(Duration.ofSeconds(20)));

            var answer = new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 207 ");
            var receipt = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n")));
            assertThat(receipt.getInteger("accepted")).isEqualTo(2);
            assertThat(receipt.getInteger("failed")).isEqualTo(1);
            assertThat(receipt.getBoolean("stopped")).isTrue();
            assertThat(receipt.getJsonArray("results").getJsonObject(2).getString("code"))
                    .isEqualTo("shutting-down");
            assertThat(stopped.join()).isTrue();
        }
        assertThat(broker.count(topic)).isEqualTo(2);
    }

    private static void send(Socket caller, String text) throws IOException {
        caller.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Lines of spaces with a number at their end, made as they are read. */
    private static final class NumberedLines extends InputStream {

        private int next;
        private final byte[] line = new byte[LINE_BYTES];
        private int position = LINE_BYTES;

        NumberedLines() {
            Arrays.fill(line, (byte) ' ');
            line[LINE_BYTES - 1] = '\n';
        }

        @Override
        public int read() {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (position == LINE_BYTES) {
                if (next == LINES) {
                    return -1;
                }
                var number = String.valueOf(next++).getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(number, 0, line, LINE_BYTES - 1 - number.length, number.length);
                position = 0;
            }
            int count = Math.min(length, LINE_BYTES - position);
            System.arraycopy(line, position, to, offset, count);
            position += count;
            return count;
        }
    }
}
