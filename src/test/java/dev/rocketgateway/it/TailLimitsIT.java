package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.SlowTailReader;
import dev.rocketgateway.testing.TailReader;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What slow callers of tails learn, and which limits there are. */
class TailLimitsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String topic = BROKER.newTopic();

    static double metric(GatewayProcess gateway, String name) {
        return gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    static void sendLarge(String topic, int messages, int size) {
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
                var reader = new SlowTailReader(gateway.root(), "/topics/" + topic + "/messages:tail")) {
            assertThat(reader.next().get("event").textValue()).isEqualTo("begin");
            sendLarge(topic, 80, 400_000);
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
        sendLarge(topic, 60, 400_000);
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                        .with("gateway.look.tail.max-lag", 1)
                        .with("gateway.look.tail.slow-after", "1ms")
                        .start();
                var reader = new SlowTailReader(
                        gateway.root(), "/topics/" + topic + "/messages:tail?from=beginning&limit=60")) {
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
        sendLarge(topic, 60, 400_000);
        try (var gateway = GatewayProcess.connectedTo(BROKER).start();
                var reader = new SlowTailReader(gateway.root(), "/topics/" + topic + "/messages:tail?from=beginning")) {
            reader.next();
            await().atMost(LIMIT).until(() -> metric(gateway, "gateway_tail_messages_total") > 0);

            assertThat(gateway.terminate(Duration.ofSeconds(8))).isTrue();
        }
    }
}
