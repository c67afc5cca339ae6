package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TailReader;
import dev.rocketgateway.testing.TailReader.Event;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of a topic as a stream: from where, in which form, and until when. */
class TailIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final GatewayProcess gateway = GatewayProcess.shared();
    private final String topic = BROKER.newTopic();

    private void send(String... bodies) {
        for (var body : bodies) {
            BROKER.witness().send(topic, body);
        }
    }

    private void awaitStored(int messages) {
        await().atMost(LIMIT).until(() -> BROKER.count(topic) == messages);
    }

    @Test
    void streamsWhatIsPublishedFromNowOn() {
        send("before");
        awaitStored(1);
        try (var tail = TailReader.open(gateway, topic, "")) {
            assertThat(tail.response().headers().firstValue("Content-Type")).hasValue("text/event-stream");
            gateway.publish(topic, "tag=created&key=k&property.tenant=acme", "héllo\n\"x\"");

            assertThat(tail.await(1)).containsExactly("héllo\n\"x\"");

            var event = tail.events("message").get(0);
            assertThat(event.id()).isNotEmpty();
            var data = event.data();
            assertThat(data.get("topic").textValue()).isEqualTo(topic);
            assertThat(data.get("tags").textValue()).isEqualTo("created");
            assertThat(data.get("keys")).map(JsonNode::textValue).containsExactly("k");
            assertThat(data.at("/properties/tenant").textValue()).isEqualTo("acme");
            assertThat(data.get("bodyEncoding").textValue()).isEqualTo("text");
            assertThat(data.get("brokerName").textValue()).isEqualTo("broker-a");
            assertThat(data.get("queueOffset").isIntegralNumber()).isTrue();
            assertThat(Instant.parse(data.get("storedAt").textValue()))
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));

            gateway.publish(topic, "", BodyPublishers.ofByteArray(new byte[] {(byte) 0xFF}));
            await().atMost(LIMIT).until(() -> tail.events("message").size() == 2);
            assertThat(tail.events("message").get(1).data().get("bodyBase64").textValue())
                    .isEqualTo("/w==");
        }
    }

    @Test
    void streamsFromTheBeginningInTheOrderOfEachQueue() {
        var bodies = IntStream.range(0, 300).mapToObj(i -> "m" + i).toList();
        send(bodies.toArray(String[]::new));

        try (var tail = TailReader.open(gateway, topic, "from=beginning")) {
            assertThat(tail.await(300)).containsExactlyInAnyOrderElementsOf(bodies);

            var perQueue = tail.events("message").stream()
                    .collect(Collectors.groupingBy(
                            event -> event.data().get("queueId").intValue()));
            assertThat(perQueue).hasSize(4);
            assertThat(perQueue.values()).allSatisfy(events -> assertThat(events.stream()
                            .map(event -> event.data().get("queueOffset").longValue()))
                    .containsExactlyElementsOf(
                            LongStream.range(0, events.size()).boxed().toList()));
            send("next");
            assertThat(tail.await(301)).endsWith("next");
        }
    }

    @Test
    void streamsFromATime() {
        send("old");
        var time = Instant.now().plusMillis(50);
        await().until(() -> Instant.now().isAfter(time.plusMillis(50)));
        send("a", "b");
        awaitStored(3);

        try (var tail = TailReader.open(gateway, topic, "from=" + time)) {
            assertThat(tail.await(2)).containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void streamsOnlyMessagesWithTheTags() {
        try (var tail = TailReader.open(gateway, topic, "tag=created%20%7C%7C%20paid")) {
            for (var tag : List.of("created", "sent", "paid", "Created")) {
                gateway.publish(topic, "tag=" + tag, tag);
            }
            // The hash by which brokers compare tags is the same for these two.
            assertThat("AaAa".hashCode()).isEqualTo("BBBB".hashCode());
            assertThat(tail.await(2)).containsExactlyInAnyOrder("created", "paid");
        }
        gateway.publish(topic, "tag=AaAa", "first");
        gateway.publish(topic, "tag=BBBB", "second");
        try (var tail = TailReader.open(gateway, topic, "from=beginning&tag=BBBB&for=3s")) {
            tail.awaitEnd();
            assertThat(tail.bodies()).containsExactly("second");
        }
    }

    @Test
    void endsAfterSomeMessagesOrSomeTime() {
        send("a", "b", "c");

        try (var tail = TailReader.open(gateway, topic, "from=beginning&limit=2")) {
            tail.awaitEnd();
            assertThat(tail.bodies()).hasSize(2);
            assertThat(tail.events("end").get(0).data().get("reason").textValue())
                    .isEqualTo("limit");
            // The id of the end continues behind what was sent.
            try (var rest = TailReader.open(gateway, topic, "limit=1", "Last-Event-ID", tail.lastId())) {
                rest.awaitEnd();
                assertThat(tail.bodies()).doesNotContainAnyElementsOf(rest.bodies());
                assertThat(rest.bodies()).hasSize(1);
            }
        }
        try (var tail = TailReader.open(gateway, topic, "for=300ms")) {
            tail.awaitEnd();
            assertThat(tail.events("end").get(0).data().get("reason").textValue())
                    .isEqualTo("time");
        }
    }

    @Test
    void streamsLinesOfJson() throws IOException {
        send("a");

        var answer = gateway.get(
                "/topics/%s/messages:tail?from=beginning&limit=1".formatted(topic), "Accept", "application/x-ndjson");

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        var lines = new ArrayList<JsonNode>();
        for (var line : answer.body().split("\n")) {
            lines.add(JSON.readTree(line));
        }
        assertThat(lines).map(line -> line.get("event").textValue()).containsExactly("begin", "message", "end");
        assertThat(lines)
                .allSatisfy(line -> assertThat(line.get("id").textValue()).isNotEmpty());
        assertThat(lines.get(1).at("/data/body").textValue()).isEqualTo("a");
        assertThat(lines.get(2).at("/data/reason").textValue()).isEqualTo("limit");
    }

    @Test
    void continuesFromTheStartIfNoMessageCame() {
        String id;
        try (var tail = TailReader.open(gateway, topic, "")) {
            await().atMost(LIMIT).until(() -> !tail.lastId().isEmpty());
            id = tail.lastId();
        }
        send("meanwhile");

        try (var tail = TailReader.open(gateway, topic, "from=now", "Last-Event-ID", id)) {
            assertThat(tail.await(1)).containsExactly("meanwhile");
        }
    }

    @Test
    void showsADelayedMessageWhenItIsDueAndNotBefore() {
        try (var tail = TailReader.open(gateway, topic, "")) {
            BROKER.witness().send(delayed("later"));
            send("now");
            assertThat(tail.await(2)).containsExactly("now", "later");
        }
    }

    private Message delayed(String body) {
        var message = new Message(topic, body.getBytes());
        message.setDelayTimeLevel(3);
        return message;
    }

    @Test
    void saysNothingButItsTypeToHead() {
        var answer = gateway.send(
                gateway.request("/topics/%s/messages:tail".formatted(topic)).method("HEAD", BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                from=yesterday      | from: must be now, beginning or a time
                from=1              | from: must be now, beginning or a time; '1' is a time before 1973
                tag=a%7Cb           | tag: must be tags separated by ||
                tag=a%7C%7C         | tag: must be tags separated by ||
                limit=0             | limit: must be from 1 to 1000000
                limit=1000001       | limit: must be from 1 to 1000000
                for=10              | for: '10' has no unit
                for=0s              | for: must be greater than zero
                for=-PT1S           | for: must be greater than zero
                tags=a              | tags: is not a parameter of this operation; did you mean `tag`?
                from=now&from=now   | from: is given twice
                """)
    void refusesOtherParameters(String query, String detail) {
        var answer = gateway.get("/topics/%s/messages:tail?%s".formatted(topic, query));

        assertProblem(answer, 400, "invalid-request", false);
        assertThat(answer.body()).contains(detail);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1~broker-a",
                "1~broker-a:x",
                "1~broker-a:-1",
                "1~broker-a:1.2.",
                "1~broker-a:99999999999999999999",
                "-1~broker-a:1",
                "1~broker-a:1,",
                "1~broker a:1",
                "1~%:1"
            })
    void refusesIdsThatAreNotItsOwn(String id) {
        var answer = gateway.get("/topics/%s/messages:tail?for=1s".formatted(topic), "Last-Event-ID", id);

        assertProblem(answer, 400, "invalid-request", false);
        assertThat(answer.body()).contains("Last-Event-ID: must be the id of an event of this stream");
    }

    @Test
    void takesAnIdThatIsBehindTheEnd() {
        try (var tail =
                TailReader.open(gateway, topic, "", "Last-Event-ID", "1~broker-a:900.900.900.900,elsewhere:5")) {
            send("a");
            assertThat(tail.await(1)).containsExactly("a");
        }
    }

    @Test
    void refusesTopicsAndFormsItDoesNotHave() {
        assertProblem(gateway.get("/topics/none-" + topic + "/messages:tail"), 404, "topic-not-found", false);
        assertProblem(gateway.get("/topics/TBW102/messages:tail"), 403, "topic-reserved", false);
        assertProblem(
                gateway.get("/topics/%s/messages:tail".formatted(topic), "Accept", "image/png"),
                406,
                "not-acceptable",
                false);
        assertProblem(
                gateway.send(gateway.request("/topics/%s/messages:tail".formatted(topic))
                        .POST(BodyPublishers.noBody())),
                405,
                "method-not-allowed",
                false);
    }

    @Test
    void givesEveryEventTheIdBehindIt() {
        send("a", "b", "c", "d", "e", "f");
        List<Event> events;
        try (var tail = TailReader.open(gateway, topic, "from=beginning&limit=6")) {
            tail.awaitEnd();
            events = tail.events("message");
        }

        assertThat(events).hasSize(6).allSatisfy(event -> {
            int index = events.indexOf(event);
            try (var rest = TailReader.open(
                    gateway, topic, index == 5 ? "for=500ms" : "limit=" + (5 - index), "Last-Event-ID", event.id())) {
                rest.awaitEnd();
                assertThat(rest.bodies())
                        .containsExactlyInAnyOrderElementsOf(events.subList(index + 1, 6).stream()
                                .map(Event::body)
                                .toList());
            }
        });
        assertThat(Map.copyOf(events.stream().collect(Collectors.toMap(Event::id, Event::body))))
                .hasSize(6);
    }
}
