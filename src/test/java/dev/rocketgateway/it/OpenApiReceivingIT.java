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
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.Worker;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The description of receiving, acknowledging and extending is what the gateway does. */
class OpenApiReceivingIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The name in the examples of the description. */
    private static final String NAME = "billing";

    /** A bug, a replica that stops, a database that is down at the first request, and a broker that is frozen. */
    private static final Set<String> ELSEWHERE =
            Set.of("internal", "shutting-down", "store-unavailable", "broker-timeout", "rate-limited");

    private static TestEndpoint endpoint;
    private static GatewayProcess gateway;
    private static GatewayProcess withoutBroker;
    private static OpenApiDocument document;
    private static String topic;

    @BeforeAll
    static void start() {
        topic = BROKER.newTopic();
        endpoint = TestEndpoint.answering(200);
        gateway = pulling(GatewayProcess.connectedTo(BROKER))
                .subscribing("webhook", topic, endpoint)
                .with("gateway.subscriptions.webhook.source.consumer-group", "GW-hook-" + topic)
                .with("gateway.subscriptions.nowhere.source.topic", "no-" + topic)
                .with("gateway.subscriptions.nowhere.pull.visibility", "30s")
                .with("gateway.receive.max-waiters", 0)
                .start();
        withoutBroker = pulling(GatewayProcess.builder())
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .start();
        document = OpenApiDocument.read(gateway.get("/q/openapi").body());
        await().atMost(Duration.ofSeconds(30))
                .until(() -> withoutBroker.get("/subscriptions/" + NAME).statusCode() == 200
                        && gateway.get("/subscriptions/" + NAME).statusCode() == 200);
        new Subscriptions(gateway).awaitPhase(NAME, "RUNNING");
        new Subscriptions(gateway).awaitPhase("nowhere", "FAILED");
    }

    private static GatewayProcess.Builder pulling(GatewayProcess.Builder builder) {
        return builder.with("gateway.subscriptions." + NAME + ".source.topic", topic)
                .with("gateway.subscriptions." + NAME + ".source.consumer-group", "GW-" + topic)
                .with("gateway.subscriptions." + NAME + ".pull.visibility", "10m");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        withoutBroker.close();
        endpoint.close();
    }

    private static List<Operation> operations() {
        return document.operations().stream().filter(Operation::isOfReceiving).toList();
    }

    static List<Arguments> bodies() {
        var bodies = new ArrayList<Arguments>();
        operations().forEach(operation -> operation.bodies().forEach((type, body) -> body.examples()
                .forEach((name, example) -> bodies.add(Arguments.of(operation, type, name, example)))));
        return bodies;
    }

    /** The receipts of the description are not real, so they get a result of their own. */
    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("bodies")
    void takesEachBody(Operation operation, String type, String name, JsonNode example) {
        DocumentedAnswer.assertDescribed(
                document, operation, "207", send(gateway, operation, NAME, example.toString(), "Content-Type", type));
    }

    static List<Arguments> parameters() {
        var values = new ArrayList<Arguments>();
        operations().stream()
                .filter(operation -> operation.bodies().isEmpty())
                .forEach(operation -> operation.parameters().forEach(parameter -> parameter.values().stream()
                        .filter(value -> !parameter.name().equals("wait"))
                        .forEach(value -> values.add(Arguments.of(operation, parameter, value)))));
        return values;
    }

    @ParameterizedTest(name = "{0}, {1} = {2}")
    @MethodSource("parameters")
    void takesEachParameterAlone(Operation operation, Parameter parameter, JsonNode value) {
        var answer = OpenApiRequest.of(operation, topic).with(parameter, value).send(gateway);

        DocumentedAnswer.assertDescribed(document, operation, answer.statusCode() == 204 ? "204" : "200", answer);
    }

    @Test
    void receivedMessagesAndResultsAreAsDescribed() {
        gateway.publish(topic, "tag=created&key=k1&property.tenant=acme", "hello");
        var worker = new Worker(gateway, NAME);
        var received = await().until(() -> worker.tryToReceive("?max=32"), answer -> answer.body()
                .contains("receipt"));
        DocumentedAnswer.assertDescribed(document, document.operation("receiveMessages"), "200", received);
        var receipt = json(received).at("/messages/0/receipt").textValue();

        var extended = worker.extend("20m", receipt);
        DocumentedAnswer.assertDescribed(document, document.operation("extendLeases"), "200", extended);
        var acknowledged =
                worker.acknowledge(json(extended).at("/results/0/receipt").textValue());
        DocumentedAnswer.assertDescribed(document, document.operation("acknowledgeMessages"), "200", acknowledged);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static HttpResponse<String> send(
            GatewayProcess to, Operation operation, String name, String body, String... headers) {
        return send(to, operation.method(), operation.path().replace("{name}", name), body, headers);
    }

    private static HttpResponse<String> send(
            GatewayProcess to, String method, String path, String body, String... headers) {
        return to.send(to.request(path, headers).method(method, BodyPublishers.ofString(body)));
    }

    /** A problem of an operation, and who meets it how. */
    private record Provocation(String code, GatewayProcess by, String path, String body, String... headers) {}

    private static List<Provocation> provocationsOf(Operation operation) {
        var path = operation.path().replace("{name}", NAME);
        var type = "application/json";
        boolean receives = operation.bodies().isEmpty();
        var body = receives ? "" : "{\"receipts\":[\"nonsense\"]}";
        return List.of(
                new Provocation("not-acceptable", gateway, path, body, "Content-Type", type, "Accept", "image/png"),
                new Provocation("unsupported-media-type", gateway, path, "x", "Content-Type", "text/plain"),
                new Provocation("malformed-body", gateway, path, "{", "Content-Type", type),
                new Provocation("document-too-large", gateway, path, " ".repeat(300_000), "Content-Type", type),
                new Provocation(
                        "invalid-request",
                        gateway,
                        path + (receives ? "?max=0" : ""),
                        "{\"colour\":1}",
                        "Content-Type",
                        type),
                new Provocation(
                        "subscription-not-found",
                        gateway,
                        operation.path().replace("{name}", "none"),
                        body,
                        "Content-Type",
                        type),
                new Provocation(
                        "not-a-pull-subscription",
                        gateway,
                        operation.path().replace("{name}", "webhook"),
                        body,
                        "Content-Type",
                        type),
                new Provocation("too-many-waiters", gateway, path + "?wait=1s", body),
                new Provocation(
                        "broker-refused",
                        gateway,
                        operation.path().replace("{name}", "nowhere"),
                        body,
                        "Content-Type",
                        type),
                new Provocation("broker-unavailable", withoutBroker, path, body, "Content-Type", type));
    }

    /** Results of single receipts, which have their problems in the body. */
    private static final Set<String> OF_RECEIPTS =
            Set.of("invalid-receipt", "lease-ended", "broker-refused", "broker-unavailable", "broker-timeout");

    @ParameterizedTest
    @MethodSource("operations")
    void answersWithTheProblemsShown(Operation operation) {
        var described = operation.responses().values().stream()
                .filter(response -> response.content().containsKey(Problem.MEDIA_TYPE))
                .flatMap(response -> response.content().get(Problem.MEDIA_TYPE).examples().keySet().stream())
                .collect(Collectors.toSet());
        var met = new HashSet<String>();
        for (var provocation : provocationsOf(operation)) {
            boolean ofReceipts = !operation.bodies().isEmpty() && OF_RECEIPTS.contains(provocation.code());
            if (described.contains(provocation.code()) && !ofReceipts) {
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
                assertThat(json(answer).get("code").textValue()).isEqualTo(provocation.code());
                met.add(provocation.code());
            }
        }
        var left = new TreeSet<>(described);
        left.removeAll(met);
        left.removeAll(ELSEWHERE);
        left.removeAll(OpenApiDocument.OF_CREDENTIALS);
        if (!operation.bodies().isEmpty()) {
            left.removeAll(OF_RECEIPTS);
        }
        assertThat(left).isEmpty();
    }
}
