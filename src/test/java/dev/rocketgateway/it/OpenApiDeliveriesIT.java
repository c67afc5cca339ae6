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
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sends the examples of the API's description that are about deliveries, and provokes the problems it has of them. */
// The examples name their consumer group, which one class at a time can use on the broker they share.
@ResourceLock("consumer group GW-billing")
class OpenApiDeliveriesIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "billing";

    /** Many callers at once, a bug, a replica that stops; ReceiveIT has a subscription without an endpoint. */
    private static final Set<String> ELSEWHERE =
            Set.of("overloaded", "internal", "shutting-down", "not-a-webhook-subscription");

    private static final TestEndpoint ENDPOINT = TestEndpoint.answering(422);
    private static GatewayProcess gateway;
    /** With neither a broker nor a database. */
    private static GatewayProcess withoutServers;

    private static Subscriptions subscriptions;
    private static OpenApiDocument document;

    @BeforeAll
    static void start() {
        var topic = BROKER.newTopic();
        var group = "gateway.subscriptions." + NAME + ".source.consumer-group";
        gateway = GatewayProcess.connectedTo(BROKER)
                .subscribing(NAME, topic, ENDPOINT)
                .with(group, "GW-" + topic)
                .subscribing("nowhere", "no-" + topic, ENDPOINT)
                .start();
        withoutServers = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .with("gateway.store.url", "jdbc:postgresql://127.0.0.1:1/x")
                .with(
                        "gateway.store.encryption-keys",
                        "k:" + Base64.getEncoder().encodeToString(new byte[32]))
                .subscribing(NAME, topic, ENDPOINT)
                .start();
        subscriptions = new Subscriptions(gateway);
        document = OpenApiDocument.read(gateway.get("/q/openapi").body());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.get("/subscriptions/" + NAME).statusCode() == 200
                        && withoutServers.get("/subscriptions/" + NAME).statusCode() == 200);
        subscriptions.awaitPhase(NAME, "RUNNING");
        subscriptions.awaitPhase("nowhere", "FAILED");
        BROKER.witness().send(topic, "one");
        BROKER.witness().send(topic, "two");
        await().atMost(Duration.ofSeconds(30)).until(() -> BROKER.count("%DLQ%GW-" + topic) == 2);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        withoutServers.close();
        ENDPOINT.close();
    }

    private static List<Operation> operations() {
        return document.operations().stream().filter(Operation::isOfDeliveries).toList();
    }

    private static String path(Operation operation, String name) {
        return operation.path().replace("{name}", name);
    }

    /** Where an operation looks at a redrive, one that is there. */
    private static String path(Operation operation) {
        var path = path(operation, NAME);
        return path.contains("{id}") ? path.replace("{id}", redrive("{\"ids\":[\"none\"]}")) : path;
    }

    private static HttpResponse<String> send(
            GatewayProcess to, String method, String path, String body, String... headers) {
        return to.send(to.request(path, headers).method(method, BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> tryRedrive(String body) {
        return subscriptions.post("/subscriptions/" + NAME + "/dlq:redrive", body);
    }

    private static String redrive(String body) {
        awaitNoRedrive();
        return Subscriptions.json(tryRedrive(body), 202).get("id").asText();
    }

    private static void awaitNoRedrive() {
        await().atMost(Duration.ofSeconds(30)).until(() -> !gateway.get("/subscriptions/" + NAME + "/redrives")
                .body()
                .contains("RUNNING"));
    }

    static List<Arguments> bodies() {
        var bodies = new ArrayList<Arguments>();
        operations().forEach(operation -> operation.bodies().forEach((type, body) -> body.examples()
                .forEach((name, example) -> bodies.add(Arguments.of(operation, type, name, example)))));
        return bodies;
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("bodies")
    void takesEachBody(Operation operation, String type, String name, JsonNode example) {
        awaitNoRedrive();

        var answer = send(gateway, operation.method(), path(operation), example.toString(), "Content-Type", type);

        DocumentedAnswer.assertDescribed(
                document, operation, operation.id().equals("redriveDeadLetters") ? "202" : "200", answer);
    }

    static List<Operation> looks() {
        return operations().stream()
                .filter(operation -> operation.bodies().isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("looks")
    void answersAsItIsDescribed(Operation operation) {
        DocumentedAnswer.assertDescribed(
                document, operation, "200", send(gateway, operation.method(), path(operation), ""));
    }

    @Test
    void takesEachParameterOfTheList() {
        var list = document.operation("listDeadLetters");

        DocumentedAnswer.assertDescribed(
                document,
                list,
                "200",
                gateway.get("/subscriptions/" + NAME + "/dlq?limit=20&after=broker-a:20&body=true"));
    }

    /** A problem of an operation, and who meets it how. */
    private record Provocation(String code, GatewayProcess by, String path, String body, String... headers) {}

    private static List<Provocation> provocationsOf(Operation operation) {
        var path = path(operation);
        var json = "application/json";
        var body =
                switch (operation.id()) {
                    case "seekSubscription" -> "{\"position\":\"LATEST\"}";
                    case "redriveDeadLetters" -> "{\"all\":true}";
                    default -> "";
                };
        var invalid = operation.bodies().isEmpty() ? path + "?limit=0" : path;
        return List.of(
                new Provocation("not-acceptable", gateway, path, body, "Content-Type", json, "Accept", "image/png"),
                new Provocation("unsupported-media-type", gateway, path, "x", "Content-Type", "text/plain"),
                new Provocation("malformed-body", gateway, path, "{", "Content-Type", json),
                new Provocation("document-too-large", gateway, path, " ".repeat(300_000), "Content-Type", json),
                new Provocation("invalid-request", gateway, invalid, "{\"colour\":1}", "Content-Type", json),
                new Provocation(
                        "subscription-not-found",
                        gateway,
                        path(operation, "none").replace("{id}", "x"),
                        body,
                        "Content-Type",
                        json),
                new Provocation(
                        "store-unavailable",
                        withoutServers,
                        path(operation, "not-read").replace("{id}", "x"),
                        body,
                        "Content-Type",
                        json),
                new Provocation("not-found", gateway, path(operation, NAME).replace("{id}", "none"), body),
                new Provocation("broker-refused", gateway, path(operation, "nowhere"), body, "Content-Type", json),
                new Provocation(
                        "broker-unavailable", withoutServers, path(operation, NAME), body, "Content-Type", json));
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
                awaitNoRedrive();
                met.add(assertProblem(
                        operation,
                        provocation.code(),
                        send(
                                provocation.by(),
                                operation.method(),
                                provocation.path(),
                                provocation.body(),
                                provocation.headers())));
            }
        }
        if (described.contains("redrive-running")) {
            // There are two dead letters, and the second would be due in a hundred seconds.
            var slow = redrive("{\"all\":true,\"ratePerSecond\":0.01}");
            met.add(assertProblem(operation, "redrive-running", tryRedrive("{\"all\":true}")));
            send(gateway, "DELETE", "/subscriptions/" + NAME + "/redrives/" + slow, "");
        }

        var left = new TreeSet<>(described);
        left.removeAll(met);
        left.removeAll(ELSEWHERE);
        left.removeAll(OpenApiDocument.OF_CREDENTIALS);
        // Of wrong credentials.
        left.remove("rate-limited");
        assertThat(left).isEmpty();
    }

    private static String assertProblem(Operation operation, String code, HttpResponse<String> answer)
            throws JsonProcessingException {
        DocumentedAnswer.assertDescribed(
                document, operation, document.example(code).get("status").asText(), answer);
        assertThat(JSON.readTree(answer.body()).get("code").textValue())
                .as(answer.body())
                .isEqualTo(code);
        return code;
    }
}
