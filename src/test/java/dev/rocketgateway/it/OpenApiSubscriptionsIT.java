package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.testing.DocumentedAnswer;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.OpenApiDocument;
import dev.rocketgateway.testing.OpenApiDocument.Operation;
import dev.rocketgateway.testing.OpenApiDocument.Parameter;
import dev.rocketgateway.testing.OpenApiRequest;
import dev.rocketgateway.testing.TestBroker;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sends the examples of the API's description that are about subscriptions, and provokes the problems it has of them. */
// The examples name their consumer group, which one class at a time can use on the broker they share.
@ResourceLock("consumer group GW-billing")
class OpenApiSubscriptionsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LEAST =
            "{\"name\": \"billing\", \"source\": {\"topic\": \"%s\"}, \"endpoint\": {\"url\": \"http://127.0.0.1:1/\"}}";

    private static final String OF_THE_SAME_GROUP = """
            {"source": {"topic": "%s", "consumerGroup": "GW-billing"}, "endpoint": {"url": "http://127.0.0.1:1/"}}""";

    /** Others must be faster, or the target policy must deny, or a replica stop; or see ReceiveIT. */
    private static final Set<String> ELSEWHERE =
            Set.of("conflict", "target-denied", "internal", "shutting-down", "not-a-webhook-subscription");

    private static GatewayProcess gateway;
    private static GatewayProcess withoutStore;
    private static GatewayProcess withStoreDown;
    private static OpenApiDocument document;
    private static String topic;

    @BeforeAll
    static void start() {
        topic = BROKER.newTopic();
        gateway = with(Map.of(
                "gateway.subscriptions.by-file.source.topic",
                topic,
                "gateway.subscriptions.by-file.endpoint.url",
                "http://127.0.0.1:1/"));
        withoutStore = with(Map.of("gateway.store.url", "none"));
        withStoreDown = with(Map.of(
                "gateway.store.url",
                "jdbc:postgresql://127.0.0.1:1/x",
                "gateway.store.encryption-keys",
                "k:" + Base64.getEncoder().encodeToString(new byte[32])));
        document = OpenApiDocument.read(gateway.get("/q/openapi").body());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.get("/subscriptions/by-file").statusCode() == 200);
    }

    private static GatewayProcess with(Map<String, String> settings) {
        var builder = GatewayProcess.connectedTo(BROKER);
        settings.forEach(builder::with);
        return builder.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        withoutStore.close();
        withStoreDown.close();
    }

    private static HttpResponse<String> send(
            GatewayProcess to, String method, String path, String body, String... headers) {
        return to.send(to.request(path, headers).method(method, BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> sendJson(GatewayProcess to, String method, String path, String body) {
        return send(to, method, path, body, "Content-Type", "application/json");
    }

    @BeforeEach
    void haveOne() {
        send(gateway, "DELETE", "/subscriptions/billing", "");
        var answer = sendJson(gateway, "POST", "/subscriptions", LEAST.formatted(topic));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private static List<Operation> operations() {
        return document.operations().stream()
                .filter(Operation::isOfSubscriptions)
                .filter(operation -> !operation.isOfDeliveries() && !operation.isOfReceiving())
                .toList();
    }

    private static String success(Operation operation) {
        return switch (operation.id()) {
            case "createSubscription" -> "201";
            case "deleteSubscription" -> "204";
            default -> "200";
        };
    }

    static List<Arguments> bodies() {
        var bodies = new ArrayList<Arguments>();
        operations().forEach(operation -> operation.bodies().forEach((type, body) -> body.examples()
                .forEach((name, example) -> bodies.add(Arguments.of(operation, type, name, example)))));
        return bodies;
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("bodies")
    void takesEachBody(Operation operation, String type, String name, JsonNode example) throws JsonProcessingException {
        var shown = JSON.readTree(example.toString().replace("\"orders\"", "\"" + topic + "\""));
        if (operation.id().equals("createSubscription")) {
            send(gateway, "DELETE", "/subscriptions/billing", "");
        }

        var answer = OpenApiRequest.of(operation, topic).body(type, shown).send(gateway);

        DocumentedAnswer.assertDescribed(document, operation, success(operation), answer);
        assertThat(answer.headers().firstValue("ETag")).isPresent();
    }

    static List<Arguments> parameters() {
        var values = new ArrayList<Arguments>();
        operations().stream().filter(operation -> operation.bodies().isEmpty()).forEach(operation -> operation
                .parameters()
                .forEach(parameter ->
                        parameter.values().forEach(value -> values.add(Arguments.of(operation, parameter, value)))));
        return values;
    }

    @ParameterizedTest(name = "{0}, {1} = {2}")
    @MethodSource("parameters")
    void takesEachParameterAlone(Operation operation, Parameter parameter, JsonNode value) {
        var answer = OpenApiRequest.of(operation, topic).with(parameter, value).send(gateway);

        DocumentedAnswer.assertDescribed(document, operation, success(operation), answer);
    }

    @Test
    void aReplacementOfNothingMakesIt() {
        send(gateway, "DELETE", "/subscriptions/billing", "");

        var answer = sendJson(gateway, "PUT", "/subscriptions/billing", LEAST.formatted(topic));

        DocumentedAnswer.assertDescribed(document, document.operation("replaceSubscription"), "201", answer);
    }

    @Test
    void tellsThatNothingChanged() {
        var operation = document.operation("getSubscription");
        var tag = gateway.get("/subscriptions/billing")
                .headers()
                .firstValue("ETag")
                .orElseThrow();

        DocumentedAnswer.assertDescribed(
                document, operation, "304", gateway.get("/subscriptions/billing", "If-None-Match", tag));
    }

    /** A problem of an operation, and who meets it how. */
    private record Provocation(String code, GatewayProcess by, String path, String body, String... headers) {}

    private static List<Provocation> provocationsOf(Operation operation) {
        var path = operation.path().replace("{name}", "billing");
        var json = operation.bodies().isEmpty() ? "" : LEAST.formatted(topic);
        var type = operation.bodies().isEmpty() ? "text/plain" : "application/json";
        var other = operation.path().replace("{name}", "none");
        var byFile = operation.path().replace("{name}", "by-file");
        boolean ofAll = operation.path().equals("/subscriptions");
        var all = new ArrayList<>(List.of(
                new Provocation("not-acceptable", gateway, path, json, "Content-Type", type, "Accept", "image/png"),
                new Provocation("precondition-failed", gateway, path, json, "Content-Type", type, "If-Match", "\"0\""),
                new Provocation("subscription-configured", gateway, byFile, json, "Content-Type", type),
                new Provocation("store-disabled", withoutStore, path, json, "Content-Type", type),
                new Provocation("unsupported-media-type", gateway, path, json, "Content-Type", "text/plain"),
                new Provocation("malformed-body", gateway, path, "{", "Content-Type", type),
                new Provocation("document-too-large", gateway, path, " ".repeat(300_000), "Content-Type", type),
                new Provocation("store-unavailable", withStoreDown, path, json, "Content-Type", type)));
        if (ofAll) {
            all.add(new Provocation("subscription-exists", gateway, path, json, "Content-Type", type));
        } else {
            if (!operation.id().equals("replaceSubscription")) {
                all.add(new Provocation("subscription-not-found", gateway, other, json, "Content-Type", type));
            }
            all.add(new Provocation(
                    "subscription-exists", gateway, other, OF_THE_SAME_GROUP.formatted(topic), "Content-Type", type));
        }
        all.add(
                operation.bodies().isEmpty()
                        ? new Provocation("invalid-request", gateway, path + "?colour=red", "")
                        : new Provocation("invalid-request", gateway, path, "{\"colour\": 1}", "Content-Type", type));
        return all;
    }

    /** What is in the description is provoked, with the answer it has there; and nothing else. */
    @ParameterizedTest
    @MethodSource("operations")
    void answersWithTheProblemsShown(Operation operation) throws JsonProcessingException {
        var described = operation.responses().values().stream()
                .filter(response -> response.content().containsKey(Problem.MEDIA_TYPE))
                .flatMap(response -> response.content().get(Problem.MEDIA_TYPE).examples().keySet().stream())
                .collect(Collectors.toSet());
        var met = new HashSet<String>();

        for (var provocation : provocationsOf(operation)) {
            if (described.contains(provocation.code())) {
                var answer = send(
                        provocation.by(),
                        operation.method(),
                        provocation.path(),
                        provocation.body(),
                        provocation.headers());

                DocumentedAnswer.assertDescribed(
                        document,
                        operation,
                        document.example(provocation.code()).get("status").asText(),
                        answer);
                assertThat(JSON.readTree(answer.body()).get("code").textValue()).isEqualTo(provocation.code());
                met.add(provocation.code());
            }
        }

        var left = new TreeSet<>(described);
        left.removeAll(met);
        left.removeAll(ELSEWHERE);
        left.removeAll(OpenApiDocument.OF_CREDENTIALS);
        if (operation.id().equals("replaceSubscription")) {
            // For a caller that does not see the subscription.
            left.remove("subscription-not-found");
        }
        // Of wrong credentials.
        left.remove("rate-limited");
        assertThat(left).isEmpty();
    }

    @Test
    void refusesToRotateWhatDoesNotSign() throws JsonProcessingException {
        sendJson(
                gateway,
                "PATCH",
                "/subscriptions/billing",
                "{\"endpoint\": {\"signing\": {\"type\": \"NONE\", \"keys\": []}}}");

        var answer = send(gateway, "POST", "/subscriptions/billing:rotateSecret", "");

        DocumentedAnswer.assertDescribed(document, document.operation("rotateSecret"), "409", answer);
        var shown = document.example("conflict");
        assertThat(JSON.readTree(answer.body()).get("detail")).isEqualTo(shown.get("detail"));
    }

    @Test
    void isNotReadyUntilTheStoreWasReadOnce() {
        assertThat(withStoreDown.get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(withStoreDown.get("/q/health/ready").statusCode()).isEqualTo(503);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> withStoreDown.get("/q/health/ready").body().contains("the database does not answer"));
        assertThat(withStoreDown.get("/q/metrics").body()).contains("gateway_store_up 0.0");
        assertThat(withStoreDown.get("/subscriptions").statusCode()).isEqualTo(200);
        assertThat(withoutStore.get("/q/metrics").body()).contains("gateway_store_up 1.0");
    }
}
