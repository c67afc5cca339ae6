package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.testing.DocumentedAnswer;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HttpAnswer;
import dev.rocketgateway.testing.OpenApiDocument;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Provokes the problems that the API's description has examples of, and holds the answers to the examples. */
class OpenApiProblemsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ONE = "publishMessage";
    private static final String MANY = "publishBatch";
    private static final String TOPIC = "describeTopic";
    private static final String RECALL = "recallMessage";

    /** They need a broker or a gateway in trouble; BrokerFaultsIT, AclIT and RestartIT see to them. */
    private static final Set<String> COSTLY =
            Set.of("broker-denied", "broker-busy", "broker-timeout", "not-replicated", "shutting-down", "internal");

    private static GatewayProcess gateway;
    private static GatewayProcess alone;
    private static GatewayProcess narrow;
    private static OpenApiDocument document;
    private static String topic;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.publish.max-message-size", "100K")
                .with("gateway.publish.max-batch-messages", 2)
                .with("gateway.publish.body-timeout", "1s")
                .start();
        alone = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .start();
        narrow = GatewayProcess.connectedTo(BROKER)
                .with("gateway.publish.rate-limit.per-topic", 1)
                .with("gateway.publish.rate-limit.window", "1h")
                .with("gateway.publish.max-batch-messages", 1)
                .with("gateway.publish.max-in-flight", 1)
                .start();
        topic = BROKER.newTopic();
        document = OpenApiDocument.read(gateway.get("/q/openapi").body());
    }

    @AfterAll
    static void stop() {
        gateway.close();
        alone.close();
        narrow.close();
    }

    /** A problem of an operation, and a request that meets it. */
    record Provocation(String operation, String code, Supplier<HttpResponse<String>> request) {

        @Override
        public String toString() {
            return operation + ", " + code;
        }
    }

    static Stream<Provocation> provocations() {
        return Stream.of(ofOneMessage(), ofABatch(), ofARecall(), ofTheOthers()).flatMap(List::stream);
    }

    private static List<Provocation> ofOneMessage() {
        var fifo = BROKER.newTopicOfType("FIFO");
        var rated = BROKER.newTopic();
        var crowded = BROKER.newTopic();
        return List.of(
                one("invalid-request", topic, "tga=created", "x"),
                one("unknown-mode", topic, "mode=fast", "x"),
                one("empty-body", topic, "", ""),
                one("malformed-body", topic, "", "{", "Content-Type", "application/cloudevents+json"),
                one("topic-reserved", "TBW102", "", "x"),
                one("topic-not-found", "ordrs", "", "x"),
                one("not-acceptable", topic, "", "x", "Accept", "image/png"),
                one("message-type-mismatch", fifo, "", "x"),
                one("message-too-large", topic, "", "x".repeat(102_401)),
                one("unsupported-media-type", topic, "", "x", "Content-Type", "none"),
                one("properties-too-large", topic, "", "x", "RocketMQ-Property", "a=" + "x".repeat(32_000)),
                one("reply-timeout", topic, "mode=request&timeout=5s", "anybody?"),
                new Provocation(ONE, "rate-limited", () -> secondOf(() -> narrow.publish(rated, "", "x"))),
                new Provocation(ONE, "overloaded", () -> whileFull(() -> narrow.publish(crowded, "", "x"))),
                new Provocation(ONE, "broker-unavailable", () -> alone.publish(topic, "", "x")));
    }

    private static List<Provocation> ofABatch() {
        var fifo = BROKER.newTopicOfType("FIFO");
        var rated = BROKER.newTopic();
        var crowded = BROKER.newTopic();
        return List.of(
                many("invalid-request", topic, "tag=created", batch("a")),
                many("unknown-mode", topic, "mode=request", batch("a")),
                many("empty-body", topic, "", ""),
                many("malformed-body", topic, "", "nothing"),
                many("topic-reserved", "TBW102", "", batch("a")),
                many("topic-not-found", "ordrs", "", batch("a")),
                many("not-acceptable", topic, "", batch("a"), "Accept", "image/png"),
                many("message-type-mismatch", fifo, "", batch("a")),
                many("message-too-large", topic, "", batch("x".repeat(102_401))),
                many("batch-too-large", topic, "", batch("a\"}, {\"body\": \"b\"}, {\"body\": \"c")),
                many("properties-too-large", topic, "", batch("a\", \"tag\": \"" + "x".repeat(32_001))),
                many("unsupported-media-type", topic, "", batch("a"), "Content-Encoding", "gzip"),
                new Provocation(
                        MANY,
                        "rate-limited",
                        () -> secondOf(() -> narrow.publishBatch(rated, "", "application/json", batch("a")))),
                new Provocation(
                        MANY,
                        "overloaded",
                        () -> whileFull(() -> narrow.publishBatch(crowded, "", "application/x-ndjson", "x"))),
                new Provocation(
                        MANY,
                        "broker-unavailable",
                        () -> alone.publishBatch(topic, "", "application/json", batch("a"))));
    }

    private static List<Provocation> ofARecall() {
        long later = System.currentTimeMillis() + 600_000;
        var rated = BROKER.newTopic();
        return List.of(
                recall("invalid-request", gateway, topic, "none"),
                recall("topic-reserved", gateway, "TBW102", "none"),
                recall("topic-not-found", gateway, "ordrs", RecallIT.handle("ordrs", "broker-a", later)),
                recall("not-acceptable", gateway, topic, "none", "Accept", "image/png"),
                recall("message-due", gateway, topic, RecallIT.handle(topic, "broker-a", 1)),
                new Provocation(RECALL, "rate-limited", () -> {
                    narrow.publish(rated, "", "x");
                    return RecallIT.recall(narrow, rated, "none");
                }),
                new Provocation(
                        RECALL,
                        "overloaded",
                        () -> whileFull(() -> RecallIT.recall(narrow, BROKER.newTopic(), "none"))),
                recall("broker-unavailable", alone, topic, RecallIT.handle(topic, "broker-a", later)));
    }

    private static Provocation recall(
            String code, GatewayProcess gateway, String topic, String handle, String... headers) {
        return new Provocation(
                RECALL,
                code,
                () -> gateway.send(gateway.request("/topics/%s/messages/%s".formatted(topic, handle), headers)
                        .DELETE()));
    }

    private static Provocation logLevel(String operation, String method, String code, String query, String... headers) {
        return new Provocation(
                operation,
                code,
                () -> gateway.send(gateway.request("/log-levels/test.problems" + query, headers)
                        .method(method, BodyPublishers.noBody())));
    }

    private static List<Provocation> ofTheOthers() {
        return List.of(
                get(TOPIC, "invalid-request", "/topics/a.b"),
                get(TOPIC, "topic-reserved", "/topics/TBW102"),
                get(TOPIC, "topic-not-found", "/topics/ordrs"),
                get(TOPIC, "not-acceptable", "/topics/" + topic, "Accept", "image/png"),
                new Provocation(TOPIC, "broker-unavailable", () -> alone.get("/topics/" + topic)),
                get("listLogLevels", "invalid-request", "/log-levels?limit=1"),
                get("listLogLevels", "not-acceptable", "/log-levels", "Accept", "image/png"),
                logLevel("setLogLevel", "PUT", "invalid-request", "?level=LOUD"),
                logLevel("setLogLevel", "PUT", "not-acceptable", "", "Accept", "image/png"),
                logLevel("resetLogLevel", "DELETE", "invalid-request", "?level=DEBUG"),
                get("listTopics", "invalid-request", "/topics?limit=0"),
                get("listTopics", "not-acceptable", "/topics", "Accept", "image/png"),
                new Provocation("listTopics", "broker-unavailable", () -> alone.get("/topics")),
                get("findMessages", "invalid-request", "/topics/" + topic + "/messages"),
                get("findMessages", "topic-reserved", "/topics/TBW102/messages?key=a"),
                get("findMessages", "topic-not-found", "/topics/ordrs/messages?key=a"),
                get("findMessages", "not-acceptable", "/topics/" + topic + "/messages?key=a", "Accept", "image/png"),
                new Provocation(
                        "findMessages", "broker-unavailable", () -> alone.get("/topics/" + topic + "/messages?key=a")),
                get("tailMessages", "invalid-request", "/topics/" + topic + "/messages:tail?limit=0"),
                get("tailMessages", "topic-reserved", "/topics/TBW102/messages:tail"),
                get("tailMessages", "topic-not-found", "/topics/ordrs/messages:tail"),
                get("tailMessages", "not-acceptable", "/topics/" + topic + "/messages:tail", "Accept", "image/png"),
                new Provocation(
                        "tailMessages", "broker-unavailable", () -> alone.get("/topics/" + topic + "/messages:tail")),
                get("getMessage", "invalid-request", "/topics/" + topic + "/messages/x?body=yes"),
                get("getMessage", "topic-reserved", "/topics/TBW102/messages/x"),
                get("getMessage", "topic-not-found", "/topics/ordrs/messages/x"),
                get("getMessage", "message-not-found", "/topics/" + topic + "/messages/none"),
                get("getMessage", "not-acceptable", "/topics/" + topic + "/messages/x", "Accept", "image/png"),
                new Provocation(
                        "getMessage", "broker-unavailable", () -> alone.get("/topics/" + topic + "/messages/x")),
                get("listProblems", "not-acceptable", "/problems", "Accept", "image/png"),
                get("getProblem", "not-acceptable", "/problems/internal", "Accept", "image/png"),
                get("getProblem", "not-found", "/problems/none"));
    }

    private static Provocation one(String code, String topic, String query, String body, String... headers) {
        return new Provocation(ONE, code, () -> gateway.publish(topic, query, body, headers));
    }

    private static Provocation many(String code, String topic, String query, String body, String... headers) {
        return new Provocation(
                MANY,
                code,
                () -> gateway.send(gateway.request("/topics/%s/messages:batch?%s".formatted(topic, query), headers)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))));
    }

    private static Provocation get(String operation, String code, String path, String... headers) {
        return new Provocation(operation, code, () -> gateway.get(path, headers));
    }

    private static String batch(String body) {
        return "{\"messages\": [{\"body\": \"%s\"}]}".formatted(body);
    }

    /** While a caller who does not go on has the one place of the narrow gateway. */
    private static HttpResponse<String> whileFull(Supplier<HttpResponse<String>> request) {
        var root = narrow.root();
        try (var other = new Socket(root.getHost(), root.getPort())) {
            other.getOutputStream()
                    .write("POST /topics/%s/messages HTTP/1.1\r\nHost: gateway\r\nContent-Length: 2\r\n\r\nx"
                            .formatted(BROKER.newTopic())
                            .getBytes(StandardCharsets.US_ASCII));
            awaitInFlight(1);
            return request.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            awaitInFlight(0);
        }
    }

    private static void awaitInFlight(int messages) {
        await().until(() ->
                narrow.get("/q/metrics").body().contains("gateway_publish_in_flight %d.0".formatted(messages)));
    }

    private static HttpResponse<String> secondOf(Supplier<HttpResponse<String>> request) {
        assertThat(request.get().statusCode()).isEqualTo(200);
        return request.get();
    }

    @ParameterizedTest
    @MethodSource("provocations")
    void answersWithTheProblemShown(Provocation provocation) throws JsonProcessingException {
        var operation = document.operation(provocation.operation());

        var answer = provocation.request().get();

        DocumentedAnswer.assertDescribed(
                document,
                operation,
                document.example(provocation.code()).get("status").asText(),
                answer);
        assertThat(operation
                        .responses()
                        .get(String.valueOf(answer.statusCode()))
                        .content()
                        .get(Problem.MEDIA_TYPE)
                        .examples())
                .containsKey(provocation.code());
        assertShown(provocation.code(), answer.statusCode(), JSON.readTree(answer.body()));
    }

    @Test
    void answersABodyThatDoesNotArriveWithTheProblemShown() throws JsonProcessingException {
        for (var path : List.of("messages", "messages:batch")) {
            var answer = HttpAnswer.of(RawHttp.exchange(
                    gateway.root(),
                    "POST /topics/%s/%s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\nhalf"
                            .formatted(topic, path)));

            assertShown("request-timeout", answer.status(), JSON.readTree(answer.body()));
        }
    }

    @Test
    void answersAMethodThereIsNotWithTheProblemShown() throws JsonProcessingException {
        var answer =
                gateway.send(gateway.request("/topics/" + topic + "/messages").PUT(BodyPublishers.ofString("x")));

        assertShown("method-not-allowed", answer.statusCode(), JSON.readTree(answer.body()));
    }

    /** What is in the description is provoked here, or known to be costly. */
    @Test
    void missesNoProblem() {
        var provoked = provocations()
                .map(provocation -> provocation.operation() + " " + provocation.code())
                .collect(Collectors.toSet());
        var missed = document.operations().stream()
                .filter(operation -> !operation.isOfSubscriptions())
                .flatMap(operation -> operation.responses().values().stream()
                        .filter(response -> response.content().containsKey(Problem.MEDIA_TYPE))
                        .flatMap(response -> response.content().get(Problem.MEDIA_TYPE).examples().keySet().stream())
                        .filter(code -> !COSTLY.contains(code) && !OpenApiDocument.OF_CREDENTIALS.contains(code))
                        .map(code -> operation.id() + " " + code))
                .filter(problem -> !provoked.contains(problem));

        assertThat(provoked).hasSizeGreaterThanOrEqualTo(57);
        assertThat(missed)
                .containsExactlyInAnyOrder(
                        ONE + " request-timeout",
                        MANY + " request-timeout",
                        TOPIC + " overloaded",
                        // Of wrong credentials.
                        TOPIC + " rate-limited",
                        "listTopics rate-limited",
                        "listLogLevels rate-limited",
                        "setLogLevel rate-limited",
                        "resetLogLevel rate-limited",
                        "findMessages rate-limited",
                        "getMessage rate-limited",
                        "tailMessages rate-limited",
                        // TailLimitsIT has a full replica.
                        "tailMessages overloaded",
                        // Many callers at once.
                        "listTopics overloaded",
                        "findMessages overloaded",
                        "getMessage overloaded",
                        // A name server that hides its topics.
                        "listTopics broker-refused",
                        // StoreOutageIT has a database that does not answer.
                        "getMessage store-unavailable",
                        // BrokerFaultsIT has a broker that does not allow recalls.
                        RECALL + " recall-disabled",
                        RECALL + " broker-too-old",
                        // BrokerVersionsIT has an old broker.
                        ONE + " broker-too-old",
                        MANY + " broker-too-old");
    }

    /** Words and places are another every time; what programs decide by is the same. */
    private static void assertShown(String code, int status, JsonNode answer) {
        var shown = document.example(code);
        assertThat(status).as(answer.toString()).isEqualTo(shown.get("status").intValue());
        for (var name : List.of("type", "title", "status", "code", "retryable", "outcome", "stored")) {
            assertThat(answer.path(name)).as("%s of %s", name, answer).isEqualTo(shown.path(name));
        }
    }
}
