package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many messages in one request, and what the broker has of them. */
class BatchIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";

    /** Properties that clients and brokers add: to a message that is sent alone, or to every received message. */
    private static final Set<String> ADDED =
            Set.of("CLUSTER", "MSG_REGION", "TRACE_ON", "WAIT", "MIN_OFFSET", "MAX_OFFSET");

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.publish.max-message-size", "100K")
                .with("gateway.publish.max-batch-size", "2M")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({"sync,200", "async,202"})
    void tellsWhereEachMessageIs(String mode, int status) {
        var topic = BROKER.newTopic();
        var binary = new byte[256];
        IntStream.range(0, 256).forEach(i -> binary[i] = (byte) i);

        var answer = gateway.publishBatch(
                topic, "mode=" + mode, JSON, """
                {"messages": [
                  {"body": "text €"},
                  {"json": {"n": 1.10, "list": [1,  2, "é\\u00e9"], "n": 2}},
                  {"bodyBase64": "%s", "tag": "t"},
                  {"body": "grouped", "messageGroup": "g"},
                  {"json": -0.0e1}
                ]}""".formatted(Base64.getEncoder().encodeToString(binary)));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        var receipt = new JsonObject(answer.body());
        assertThat(receipt.getInteger("accepted")).isEqualTo(5);
        assertThat(receipt.getInteger("failed")).isZero();
        awaitCount(topic, 5);
        var stored = BROKER.stored(topic).stream().collect(Collectors.toMap(Stored::id, Function.identity()));
        var bodies =
                List.of("text €", "{\"n\": 1.10, \"list\": [1,  2, \"é\\u00e9\"], \"n\": 2}", "", "grouped", "-0.0e1");
        var results = results(receipt);
        for (int i = 0; i < results.size(); i++) {
            var result = results.get(i);
            assertThat(result.getInteger("index")).isEqualTo(i);
            assertThat(result.getInteger("status")).isEqualTo(status);
            assertThat(result.getString("sendStatus")).isEqualTo("SEND_OK");
            assertThat(result.getString("offsetMsgId")).hasSize(32);
            var message = stored.remove(result.getString("msgId"));
            assertThat(message).as(result.encode()).isNotNull();
            assertThat(result.getJsonObject("messageQueue").getInteger("queueId"))
                    .isEqualTo(message.queue());
            assertThat(result.getInteger("queueOffset")).isEqualTo((int) message.offset());
            if (i == 2) {
                assertThat(message.body()).isEqualTo(binary);
            } else {
                assertThat(message.text()).isEqualTo(bodies.get(i));
            }
            assertThat(message.properties().get("contentType")).isEqualTo(i == 1 || i == 4 ? JSON : null);
        }
        assertThat(stored).isEmpty();
    }

    @Test
    void storesAMessageWithThePropertiesItWouldHaveAlone() {
        var topic = BROKER.newTopic();
        var message = """
                {"body": "b", "tag": "t", "keys": ["k-1", "schlüssel"], "properties": {"größe": "😀 groß", "a": "b"}}""";
        var ids = Stream.of("{\"messages\": [%s]}", "{\"messages\": [%1$s, %1$s]}")
                .map(batch -> gateway.publishBatch(topic, "", JSON, batch.formatted(message)))
                .flatMap(answer -> results(new JsonObject(answer.body())).stream())
                .map(result -> result.getString("msgId"))
                .toList();

        awaitCount(topic, 3);
        assertThat(BROKER.stored(topic)).extracting(Stored::id).containsExactlyInAnyOrderElementsOf(ids);
        var properties = BROKER.stored(topic).stream()
                .<Map<String, String>>map(stored -> {
                    var ofItsOwn = new HashMap<>(stored.properties());
                    assertThat(ids).contains(ofItsOwn.remove("UNIQ_KEY"));
                    ofItsOwn.keySet().removeAll(ADDED);
                    return ofItsOwn;
                })
                .toList();
        assertThat(properties)
                .hasSize(3)
                .containsOnly(Map.of("TAGS", "t", "KEYS", "k-1 schlüssel", "größe", "😀 groß", "a", "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async", "oneway"})
    void storesTheGoodOnesOfAThousandAndExplainsTheBad(String mode) {
        var topic = BROKER.newTopic();
        var messages = IntStream.range(0, 1000)
                .mapToObj(i -> new JsonObject().put("body", "m" + i))
                .toList();
        messages.get(17).put("tag", "a|b");
        messages.get(500).put("body", "x".repeat(100 * 1024 + 1));
        messages.get(999).put("colour", "red");

        var answer = gateway.publishBatch(topic, "mode=" + mode, JSON, batch(messages));

        assertThat(answer.statusCode()).isEqualTo(207);
        var receipt = new JsonObject(answer.body());
        assertThat(receipt.getInteger("accepted")).isEqualTo(997);
        assertThat(receipt.getInteger("failed")).isEqualTo(3);
        var failures = results(receipt).stream()
                .filter(result -> result.getInteger("status") >= 400)
                .map(result -> "%d %d %s"
                        .formatted(result.getInteger("index"), result.getInteger("status"), result.getString("detail")))
                .toList();
        assertThat(failures)
                .containsExactly(
                        "17 400 tag: must not contain '|'",
                        "500 413 The message's body is larger than the limit of 102400 bytes.",
                        "999 400 colour: is not a field of a message");
        awaitCount(topic, 997);
        assertThat(texts(topic))
                .isEqualTo(IntStream.range(0, 1000)
                        .filter(i -> i != 17 && i != 500 && i != 999)
                        .mapToObj(i -> "m" + i)
                        .collect(Collectors.toSet()));
    }

    @Test
    void refusesABatchOfWhichNothingIsGood() {
        var topic = BROKER.newTopic();

        var answer = gateway.publishBatch(
                topic, "", JSON, "{\"messages\":[{\"body\":\"\"},{\"body\":\"x\",\"json\":1},[\"x\"],{\"body\":7}]}");

        RefusalsIT.assertProblem(answer, 400, "invalid-request", false);
        var results = results(new JsonObject(answer.body()));
        assertThat(results)
                .extracting(result -> result.getString("code"))
                .containsExactly("empty-body", "invalid-request", "invalid-request", "invalid-request");
        assertThat(results).extracting(result -> result.getInteger("index")).containsExactly(0, 1, 2, 3);
        assertThat(BROKER.count(topic)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|malformed-body|application/json|{\"messages\":[{\"body\":\"a\"}",
                "400|invalid-request|application/json|{\"messages\":[{\"body\":\"a\",\"body\":\"b\"}]}",
                "400|invalid-request|application/json|{\"messages\":[{\"body\":\"a\"}],\"messages\":[]}",
                "400|malformed-body|application/json|{\"messages\":[{\"body\":\"a\"}]} {}",
                "400|malformed-body|application/json|[1]",
                "400|invalid-request|application/json|{}",
                "400|invalid-request|application/json|{\"messages\":[]}",
                "400|invalid-request|application/json|{\"messages\":7}",
                "400|invalid-request|application/json|{\"messages\":[{\"body\":\"a\"}],\"topic\":\"b\"}",
                "415|unsupported-media-type|text/plain|a",
                "400|empty-body|application/x-ndjson|''",
                "400|empty-body|application/x-ndjson|' '",
            })
    void refusesABodyThatIsNotABatch(int status, String code, String contentType, String body) {
        var topic = BROKER.newTopic();

        RefusalsIT.assertProblem(gateway.publishBatch(topic, "", contentType, body), status, code, false);
        assertThat(BROKER.count(topic)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "tag=a,400,invalid-request,tag",
        "property.a=b,400,invalid-request,property.a",
        "timeout=1h,400,invalid-request,timeout",
        "mode=fast,400,unknown-mode,mode",
    })
    void refusesParametersABatchDoesNotHave(String query, int status, String code, String named) {
        var answer = gateway.publishBatch(BROKER.newTopic(), query, JSON, "{\"messages\":[{\"body\":\"a\"}]}");

        RefusalsIT.assertProblem(answer, status, code, false);
        assertThat(new JsonObject(answer.body()).getString("detail")).contains(named);
    }

    @Test
    void limitsWhatABatchMayHave() {
        var topic = BROKER.newTopic();
        var many = IntStream.rangeClosed(0, 1000)
                .mapToObj(i -> new JsonObject().put("body", "m" + i))
                .toList();
        var large = List.of(new JsonObject().put("body", "x".repeat(2 * 1024 * 1024)));

        RefusalsIT.assertProblem(gateway.publishBatch(topic, "", JSON, batch(many)), 413, "batch-too-large", false);
        RefusalsIT.assertProblem(gateway.publishBatch(topic, "", JSON, batch(large)), 413, "batch-too-large", false);
        RefusalsIT.assertProblem(
                gateway.publishBatch("no-such-topic", "", JSON, "{\"messages\":[{\"body\":\"a\"},{\"body\":\"b\"}]}"),
                404,
                "topic-not-found",
                false);
        assertThat(BROKER.count(topic)).isZero();
    }

    @Test
    void keepsTheOrderOfEachGroup() {
        var topic = BROKER.newTopic();
        var messages = IntStream.range(0, 1000)
                .mapToObj(i -> new JsonObject().put("body", "" + i).put("messageGroup", "g" + i % 10))
                .toList();

        assertThat(gateway.publishBatch(topic, "mode=async", JSON, batch(messages))
                        .statusCode())
                .isEqualTo(202);

        awaitCount(topic, 1000);
        var stored = new ArrayList<>(BROKER.stored(topic));
        stored.sort(Comparator.comparing(Stored::queue).thenComparing(Stored::offset));
        assertThat(stored).hasSize(1000);
        for (int group = 0; group < 10; group++) {
            int digit = group;
            assertThat(stored.stream()
                            .map(message -> Integer.parseInt(message.text()))
                            .filter(number -> number % 10 == digit))
                    .isSorted()
                    .hasSize(100);
        }
    }

    @ParameterizedTest
    @CsvSource({"sync,200", "async,202", "oneway,204"})
    void takesALineAsAMessage(String mode, int status) {
        var topic = BROKER.newTopic();

        var answer = gateway.publishBatch(
                topic,
                "mode=" + mode + "&tag=log&property.host=a%2Cb",
                LINES,
                "{\"n\":1}\n\n{\"n\":2}\r\n \t\r\nnot JSON €\n\"last\"");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        awaitCount(topic, 4);
        assertThat(texts(topic)).containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}", "not JSON €", "\"last\"");
        assertThat(BROKER.stored(topic)).allSatisfy(message -> assertThat(message.properties())
                .containsEntry("TAGS", "log")
                .containsEntry("host", "a,b")
                .containsEntry("contentType", JSON));
    }

    @Test
    void takesLinesOverHttp2() {
        var topic = BROKER.newTopic();
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        var lines = IntStream.range(0, 3000).mapToObj(i -> "l" + i).collect(Collectors.joining("\n"));

        // The second request is on the connection of the first, which was upgraded by it.
        for (int i = 1; i <= 2; i++) {
            var answer = client.sendAsync(
                            gateway.request("/topics/" + topic + "/messages:batch", "Content-Type", LINES)
                                    .POST(BodyPublishers.ofString(lines))
                                    .build(),
                            BodyHandlers.ofString())
                    .join();

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(new JsonObject(answer.body()).getInteger("accepted")).isEqualTo(3000);
        }
        awaitCount(topic, 6000);
    }

    @Test
    void saysWhyAGroupFailedAndNotThatItDid() {
        var message = "{\"body\":\"a\",\"messageGroup\":\"g\"}";

        RefusalsIT.assertProblem(
                gateway.publishBatch("no-such-topic", "", JSON, "{\"messages\":[%1$s,%1$s]}".formatted(message)),
                404,
                "topic-not-found",
                false);
    }

    @Test
    void answersALongStreamWithItsFailuresOnly() {
        var topic = BROKER.newTopic();
        var tooLong = "x".repeat(100 * 1024 + 1);
        var longest = "y".repeat(100 * 1024);
        var lines = IntStream.range(0, 3000)
                .mapToObj(i -> i == 1500 ? tooLong + "\r\n" : i == 2999 ? longest : "l" + i + "\n")
                .collect(Collectors.joining());

        var answer = gateway.publishBatch(topic, "", LINES, lines);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(207);
        var receipt = new JsonObject(answer.body());
        assertThat(receipt.getInteger("accepted")).isEqualTo(2999);
        assertThat(receipt.getBoolean("stopped")).isNull();
        var results = results(receipt);
        assertThat(results).hasSize(1);
        assertThat(results.get(0).getInteger("index")).isEqualTo(1500);
        assertThat(results.get(0).getString("code")).isEqualTo("message-too-large");
        awaitCount(topic, 2999);
        assertThat(texts(topic)).hasSize(2999).contains(longest, "l0", "l2998");
    }

    /** A broker lets consumers see a message a moment after it has answered. */
    private static void awaitCount(String topic, long count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> BROKER.count(topic), counted -> counted == count);
    }

    private static String batch(List<JsonObject> messages) {
        return new JsonObject().put("messages", new JsonArray(messages)).encode();
    }

    private static List<JsonObject> results(JsonObject receipt) {
        return receipt.getJsonArray("results").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private static Set<String> texts(String topic) {
        return BROKER.stored(topic).stream().map(Stored::text).collect(Collectors.toSet());
    }
}
