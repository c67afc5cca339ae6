package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TailReader;
import dev.rocketgateway.testing.TestBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/** What tails may cost, and what slow callers learn. */
class TailLimitsIT {

    private static final Logger LOG = Logger.getLogger(TailLimitsIT.class);
    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TAILS = 200;
    private static final int STUCK = 100;

    private final String topic = BROKER.newTopic();

    /** A caller that reads only when it is told to. */
    private static final class Reader implements AutoCloseable {

        private final Socket socket = new Socket();
        private final BufferedReader lines;

        Reader(URI root, String path) throws IOException {
            socket.setReceiveBufferSize(16 * 1024);
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.connect(new InetSocketAddress(root.getHost(), root.getPort()));
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: gateway\r\nAccept: application/x-ndjson\r\n\r\n"
                            .formatted(path)
                            .getBytes(StandardCharsets.US_ASCII));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024);
        }

        /** The next event; chunks of the transfer are as long as events. */
        JsonNode next() throws IOException {
            while (true) {
                var line = lines.readLine();
                if (line == null) {
                    throw new IOException("the stream has ended");
                }
                if (line.startsWith("{")) {
                    return JSON.readTree(line);
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static double metric(GatewayProcess gateway, String name) {
        return gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void sendLarge(int messages, int size) {
        IntStream.range(0, messages).forEach(i -> BROKER.witness().send(topic, i + "x".repeat(size)));
        await().atMost(LIMIT).until(() -> BROKER.count(topic) >= messages);
    }

    /** Up to the last message that was seen or dropped, each offset of a queue was either seen or dropped. */
    private static void assertNothingIsMissing(Set<String> seen, List<JsonNode> gaps) {
        var offsets = new HashMap<String, Set<Long>>();
        seen.forEach(place -> offsets.computeIfAbsent(place.split("/")[0], queue -> new TreeSet<>())
                .add(Long.valueOf(place.split("/")[1])));
        for (var gap : gaps) {
            for (long offset = gap.get("from").longValue();
                    offset < gap.get("to").longValue();
                    offset++) {
                offsets.computeIfAbsent(gap.get("queueId").asText(), queue -> new TreeSet<>())
                        .add(offset);
            }
        }
        assertThat(offsets.values()).allSatisfy(of -> assertThat(of)
                .containsExactlyElementsOf(
                        LongStream.range(0, of.size()).boxed().toList()));
    }

    @Test
    void tellsASlowCallerWhatItMissed() throws IOException {
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                        .with("gateway.look.tail.max-lag", 5)
                        .with("gateway.look.tail.slow-after", "100ms")
                        .start();
                var reader = new Reader(gateway.root(), "/topics/" + topic + "/messages:tail")) {
            assertThat(reader.next().get("event").textValue()).isEqualTo("begin");
            sendLarge(80, 400_000);
            // Nothing moves any more: the caller does not read.
            await().atMost(LIMIT)
                    .during(Duration.ofSeconds(1))
                    .until(() -> metric(gateway, "gateway_tail_messages_total"), sent -> sent > 0 && sent < 70);

            var seen = new HashSet<String>();
            long dropped = 0;
            var gaps = new ArrayList<JsonNode>();
            boolean last = false;
            while (!last) {
                var event = reader.next();
                var data = event.get("data");
                if (event.get("event").textValue().equals("dropped")) {
                    assertThat(data.get("reason").textValue()).isEqualTo("slow");
                    long inQueues = 0;
                    for (var gap : data.get("queues")) {
                        gaps.add(gap);
                        inQueues += gap.get("to").longValue() - gap.get("from").longValue();
                    }
                    assertThat(data.get("messages").longValue()).isEqualTo(inQueues);
                    dropped += inQueues;
                    BROKER.witness().send(topic, "last");
                } else if (event.get("event").textValue().equals("message")) {
                    assertThat(seen.add(data.get("queueId") + "/" + data.get("queueOffset")))
                            .isTrue();
                    last = data.get("body").textValue().equals("last");
                }
            }

            assertThat(dropped).isPositive();
            assertThat(seen.size() + dropped).isGreaterThanOrEqualTo(81);

            assertNothingIsMissing(seen, gaps);
            for (var gap : gaps) {
                for (long offset = gap.get("from").longValue();
                        offset < gap.get("to").longValue();
                        offset++) {
                    assertThat(seen).doesNotContain(gap.get("queueId") + "/" + offset);
                }
            }
            assertThat(metric(gateway, "gateway_tail_dropped_total")).isEqualTo(dropped);
        }
    }

    /** A caller that reads history slowly misses nothing of it. */
    @Test
    void dropsNothingOfTheHistory() throws IOException {
        sendLarge(60, 400_000);
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                        .with("gateway.look.tail.max-lag", 1)
                        .with("gateway.look.tail.slow-after", "1ms")
                        .start();
                var reader =
                        new Reader(gateway.root(), "/topics/" + topic + "/messages:tail?from=beginning&limit=60")) {
            reader.next();
            await().atMost(LIMIT)
                    .during(Duration.ofSeconds(1))
                    .until(() -> metric(gateway, "gateway_tail_messages_total"), sent -> sent > 0 && sent < 60);

            for (int i = 0; i < 60; i++) {
                assertThat(reader.next().get("event").textValue()).isEqualTo("message");
            }
            assertThat(reader.next().get("event").textValue()).isEqualTo("end");
        }
    }

    private static int threads(GatewayProcess gateway) throws IOException {
        return Files.readAllLines(
                        Path.of("/proc/%d/status".formatted(gateway.process().pid())))
                .stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToInt(line -> Integer.parseInt(line.substring(8).strip()))
                .sum();
    }

    @Test
    void streamsToManyCallersWithFewThreadsAndBoundedMemory() throws IOException {
        int held = 8 * 1024 * 1024;
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                .withJvmOption("-Xmx128m")
                .with("gateway.look.tail.max-buffered", held)
                .with("gateway.look.tail.slow-after", "1s")
                .start()) {
            try (var one = TailReader.open(gateway, topic, "")) {
                BROKER.witness().send(topic, "warm");
                one.await(1);
            }
            int before = threads(gateway);
            var tails = new ArrayList<TailReader>();
            IntStream.range(0, TAILS).forEach(i -> tails.add(TailReader.open(gateway, topic, "")));
            var bodies = IntStream.range(0, 50).mapToObj(i -> "m" + i).toList();
            bodies.forEach(body -> BROKER.witness().send(topic, body));

            assertThat(tails)
                    .allSatisfy(tail -> assertThat(tail.await(50)).containsExactlyInAnyOrderElementsOf(bodies));
            int during = threads(gateway);
            LOG.infof("threads before=%d with %d tails=%d", before, TAILS, during);
            assertThat(during - before).isLessThan(20);
            tails.forEach(TailReader::close);
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_streams") == 0);

            // All of them do not read, while there is more than the heap can hold.
            sendLarge(30, 400_000);
            var stuck = new ArrayList<Reader>();
            for (int i = 0; i < STUCK; i++) {
                stuck.add(new Reader(gateway.root(), "/topics/" + topic + "/messages:tail?from=beginning"));
            }
            await().atMost(LIMIT)
                    .during(Duration.ofSeconds(3))
                    .until(() -> metric(gateway, "gateway_tail_buffered_bytes"), bytes -> bytes < held + 1_000_000);
            assertThat(gateway.publish(topic, "", "still there").statusCode()).isEqualTo(200);
            for (var one : stuck) {
                one.close();
            }
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_streams") == 0);
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_buffered_bytes") == 0);
            assertThat(gateway.log()).doesNotContain("OutOfMemory", "because of a bug", " ERROR ");
        }
    }

    @Test
    void refusesMoreTailsThanItsLimit() {
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.look.tail.max-streams", 1)
                .start()) {
            try (var first = TailReader.open(gateway, topic, "")) {
                var answer = gateway.get("/topics/%s/messages:tail".formatted(topic));
                assertProblem(answer, 429, "overloaded", true);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(first.hasEnded()).isFalse();
            }
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_streams") == 0);
            assertThat(gateway.get("/topics/%s/messages:tail?for=1ms".formatted(topic))
                            .statusCode())
                    .isEqualTo(200);
            // A refusal after the place was taken gives it back.
            assertProblem(gateway.get("/topics/none-" + topic + "/messages:tail"), 404, "topic-not-found", false);
            assertThat(metric(gateway, "gateway_tail_streams")).isZero();
        }
    }

    @Test
    void sendsSignsOfLifeAndEndsAfterTheLongestTime() {
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                        .with("gateway.look.tail.heartbeat", "100ms")
                        .with("gateway.look.tail.max-duration", "2s")
                        .start();
                var tail = TailReader.open(gateway, topic, "for=1h")) {
            await().atMost(LIMIT).until(() -> tail.comments().size() > 2);
            tail.awaitEnd();

            assertThat(tail.comments()).containsOnly(": heartbeat");
            assertThat(tail.events("end"))
                    .map(event -> event.data().get("reason").textValue())
                    .isEqualTo(List.of("time"));
        }
    }

    /** A stop does not wait for callers that do not read. */
    @Test
    void stopsWithoutWaitingForASlowCaller() throws IOException {
        sendLarge(60, 400_000);
        try (var gateway = GatewayProcess.connectedTo(BROKER).start();
                var reader = new Reader(gateway.root(), "/topics/" + topic + "/messages:tail?from=beginning")) {
            reader.next();
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_messages_total") > 0);

            assertThat(gateway.terminate(Duration.ofSeconds(8))).isTrue();
        }
    }
}
