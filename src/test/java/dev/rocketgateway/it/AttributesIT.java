package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each attribute, by query and by header, in each mode, as the broker has it afterwards. */
class AttributesIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final int GROUPS = 100;
    private static final int MESSAGES_PER_GROUP = 100;
    private static final int CALLERS = 20;

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.publish.max-delay", "30d")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** What is given, and what the stored message has to say. */
    private record Row(String query, List<String> headers, Map<String, String> properties) {}

    static Stream<Arguments> attributes() {
        var past = Instant.now().minusSeconds(60);
        var rows = List.of(
                new Row("tag=t%C3%A4g%2C%25", List.of(), Map.of("TAGS", "täg,%")),
                new Row("", List.of("RocketMQ-Tag", "t%C3%A4g%2C%25"), Map.of("TAGS", "täg,%")),
                new Row("key=a&key=b%2Cc", List.of(), Map.of("KEYS", "a b,c")),
                new Row("", List.of("RocketMQ-Keys", "a, b%2Cc"), Map.of("KEYS", "a b,c")),
                new Row("", List.of("Idempotency-Key", "i%3D1"), Map.of("KEYS", "i=1", "idempotencyKey", "i=1")),
                new Row("messageGroup=gr%C3%BCn", List.of(), Map.of("__SHARDINGKEY", "grün")),
                new Row("", List.of("RocketMQ-Message-Group", "gr%C3%BCn"), Map.of("__SHARDINGKEY", "grün")),
                new Row("property.a%3Db=%2C%3D%25%E2%82%AC%F0%9F%9A%80", List.of(), Map.of("a=b", ",=%€🚀")),
                new Row("", List.of("RocketMQ-Property", "a%3Db=,=%25%E2%82%AC%F0%9F%9A%80"), Map.of("a=b", ",=%€🚀")),
                new Row("delayLevel=1", List.of(), Map.of("DELAY", "1")),
                new Row("", List.of("RocketMQ-Delay-Level", "1"), Map.of("DELAY", "1")),
                new Row("deliverAt=" + past, List.of(), Map.of()),
                new Row("", List.of("RocketMQ-Deliver-At", "" + past.toEpochMilli()), Map.of()));
        return rows.stream().flatMap(row -> Stream.of("sync", "async", "oneway").map(mode -> Arguments.of(mode, row)));
    }

    @ParameterizedTest
    @MethodSource("attributes")
    void storesWhatWasGiven(String mode, Row row) {
        var topic = BROKER.newTopic();

        var answer = gateway.publish(
                topic, "mode=" + mode + "&" + row.query(), "x", row.headers().toArray(String[]::new));

        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
        var stored = awaitOne(topic);
        assertThat(stored.properties()).containsAllEntriesOf(row.properties());
        if (row.properties().isEmpty()) {
            assertThat(stored.properties()).doesNotContainKeys("TIMER_OUT_MS", "DELAY");
        }
    }

    static Stream<Arguments> batchFields() {
        var past = Instant.now().minusSeconds(60);
        var rows = Map.ofEntries(
                Map.entry("\"tag\":\"täg,%\"", Map.of("TAGS", "täg,%")),
                Map.entry("\"keys\":[\"a\",\"b,c\"]", Map.of("KEYS", "a b,c")),
                Map.entry("\"id\":\"i=1\"", Map.of("KEYS", "i=1", "idempotencyKey", "i=1")),
                Map.entry("\"messageGroup\":\"grün\"", Map.of("__SHARDINGKEY", "grün")),
                Map.entry("\"properties\":{\"a=b\":\",=%€🚀\"}", Map.of("a=b", ",=%€🚀")),
                Map.entry("\"delayLevel\":1", Map.of("DELAY", "1")),
                Map.entry("\"delayLevel\":\"1\"", Map.of("DELAY", "1")),
                Map.entry("\"deliverAt\":\"" + past + "\"", Map.<String, String>of()),
                Map.entry("\"deliverAt\":" + past.toEpochMilli(), Map.<String, String>of()));
        return rows.entrySet().stream().flatMap(row -> Stream.of("sync", "async", "oneway")
                .map(mode -> Arguments.of(mode, row.getKey(), row.getValue())));
    }

    /** Beside a message without attributes, which must not get any. */
    @ParameterizedTest
    @MethodSource("batchFields")
    void storesWhatWasGivenInABatch(String mode, String field, Map<String, String> properties) {
        var topic = BROKER.newTopic();

        var answer = gateway.publishBatch(
                topic,
                "mode=" + mode,
                "application/json",
                "{\"messages\":[{\"body\":\"plain\"},{\"body\":\"x\",%s},{\"body\":\"plain\"}]}".formatted(field));

        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
        await().atMost(Duration.ofSeconds(20)).until(() -> BROKER.stored(topic).size() == 3);
        for (var stored : BROKER.stored(topic)) {
            if (stored.text().equals("x")) {
                assertThat(stored.properties()).containsAllEntriesOf(properties);
            } else {
                assertThat(stored.properties())
                        .doesNotContainKeys("TAGS", "KEYS", "__SHARDINGKEY", "a=b", "DELAY", "TIMER_OUT_MS");
            }
        }
    }

    static Stream<Arguments> schedules() {
        return Stream.of(
                        Arguments.of("delay=5s", List.of()),
                        Arguments.of("", List.of("RocketMQ-Delay", "PT5S")),
                        Arguments.of("deliverAt=", List.of()),
                        Arguments.of("", List.of("RocketMQ-Deliver-At", "")),
                        Arguments.of("batch", List.of("\"delay\":\"5s\"")),
                        Arguments.of("batch", List.of("\"deliverAt\":")))
                .flatMap(given -> Stream.of("sync", "async", "oneway")
                        .map(mode -> Arguments.of(mode, given.get()[0], given.get()[1])));
    }

    @Test
    void deliversAfterADelayOfFiveSecondsAndNotTwoMore() throws Exception {
        var schedules = schedules().toList();
        var threads = Executors.newFixedThreadPool(schedules.size());
        try {
            var running = new ArrayList<Future<Long>>();
            for (var given : schedules) {
                running.add(threads.submit(() -> millisUntilDelivery(given)));
            }
            for (int i = 0; i < running.size(); i++) {
                assertThat(running.get(i).get())
                        .as(List.of(schedules.get(i).get()).toString())
                        .isBetween(5_000L, 7_000L);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static long millisUntilDelivery(Arguments given) {
        var topic = BROKER.newTopic();
        var mode = (String) given.get()[0];
        var query = (String) given.get()[1];
        @SuppressWarnings("unchecked")
        var headers = new ArrayList<>((List<String>) given.get()[2]);
        var asked = Instant.now();
        var time = asked.plusSeconds(5);
        if (query.equals("deliverAt=")) {
            query += time;
        }
        headers.replaceAll(text -> text.isEmpty() ? "" + time.toEpochMilli() : text);
        var answer = query.equals("batch")
                ? gateway.publishBatch(
                        topic,
                        "mode=" + mode,
                        "application/json",
                        "{\"messages\":[{\"body\":\"x\",%s}]}"
                                .formatted(headers.get(0).replaceFirst(":$", ":" + time.toEpochMilli())))
                : gateway.publish(topic, "mode=" + mode + "&" + query, "x", headers.toArray(String[]::new));
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
        return awaitOne(topic).storedAt() - asked.toEpochMilli();
    }

    @ParameterizedTest
    @CsvSource({
        "NORMAL,'',200",
        "NORMAL,messageGroup=g,409",
        "NORMAL,delay=1s,409",
        "NORMAL,deliverAt=2020-01-01T00:00:00Z,409",
        "FIFO,'',409",
        "FIFO,messageGroup=g,200",
        "FIFO,delayLevel=1,409",
        "DELAY,'',409",
        "DELAY,messageGroup=g,409",
        "DELAY,delay=1s,200",
        "DELAY,deliverAt=2020-01-01T00:00:00Z,200",
        "DELAY,delayLevel=1,200",
        "TRANSACTION,'',409",
        "MIXED,'',200",
        "MIXED,messageGroup=g,200",
        "MIXED,delay=1s,200",
    })
    void keepsToTheTypeTheTopicIsDeclaredFor(String type, String query, int status) {
        var topic = BROKER.newTopicOfType(type);

        for (String mode : List.of("sync", "async", "oneway")) {
            var answer = gateway.publish(topic, "mode=" + mode + "&" + query, "x");
            if (status == 409) {
                assertProblem(answer, 409, "message-type-mismatch", false);
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
            }
        }
        if (status == 409) {
            assertThat(BROKER.count(topic)).isZero();
        }
    }

    @Test
    void saysWhatTheBrokerThinksOfTooLongADelay() {
        var topic = BROKER.newTopic();

        // The gateway lets 30 days pass here, and the broker three.
        assertProblem(gateway.publish(topic, "delay=4d", "x"), 400, "invalid-request", false);
        var ours = gateway.publish(topic, "delay=31d", "x");
        assertProblem(ours, 400, "invalid-request", false);
        assertThat(new JsonObject(ours.body()).getJsonArray("errors").toString())
                .contains("delay", "from 1ms to 30d");
        assertThat(BROKER.count(topic)).isZero();
    }

    @Test
    void keepsTheOrderOfEachGroupAndUsesAllQueues() throws Exception {
        var topic = BROKER.newTopic();
        var threads = Executors.newFixedThreadPool(CALLERS);
        try {
            var callers = IntStream.range(0, CALLERS)
                    .<Callable<Void>>mapToObj(caller -> () -> {
                        for (int number = 0; number < MESSAGES_PER_GROUP; number++) {
                            for (int group = caller; group < GROUPS; group += CALLERS) {
                                var answer = gateway.publish(
                                        topic,
                                        "mode=%s&messageGroup=order-%d".formatted(mode(number), group),
                                        "" + number);
                                assertThat(answer.statusCode()).isIn(200, 202);
                            }
                        }
                        return null;
                    })
                    .toList();
            for (var caller : threads.invokeAll(callers)) {
                caller.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            threads.shutdownNow();
        }

        var stored = BROKER.stored(topic);
        assertThat(stored).hasSize(GROUPS * MESSAGES_PER_GROUP);
        var byGroup = new TreeMap<String, List<Stored>>();
        stored.forEach(message -> byGroup.computeIfAbsent(
                        message.properties().get("__SHARDINGKEY"), group -> new ArrayList<>())
                .add(message));
        assertThat(byGroup).hasSize(GROUPS);
        // Queue by queue, so the order of each queue is the order of the list.
        assertThat(byGroup.values()).allSatisfy(messages -> {
            assertThat(messages)
                    .extracting(Stored::queue)
                    .containsOnly(messages.get(0).queue());
            assertThat(messages)
                    .extracting(Stored::text)
                    .containsExactlyElementsOf(IntStream.range(0, MESSAGES_PER_GROUP)
                            .mapToObj(String::valueOf)
                            .toList());
        });
        assertThat(stored).extracting(Stored::queue).contains(0, 1, 2, 3);
    }

    private static String mode(int number) {
        return number % 2 == 0 ? "sync" : "async";
    }

    private static Stored awaitOne(String topic) {
        await().atMost(Duration.ofSeconds(20)).until(() -> BROKER.count(topic) == 1);
        return BROKER.stored(topic).get(0);
    }
}
