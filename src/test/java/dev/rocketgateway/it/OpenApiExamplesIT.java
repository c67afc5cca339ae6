package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.rocketgateway.testing.DocumentedAnswer;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.JsonSchema;
import dev.rocketgateway.testing.OpenApiDocument;
import dev.rocketgateway.testing.OpenApiDocument.Operation;
import dev.rocketgateway.testing.OpenApiDocument.Parameter;
import dev.rocketgateway.testing.OpenApiRequest;
import dev.rocketgateway.testing.ReplierProcess;
import dev.rocketgateway.testing.TestBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends each example of the API's description as it stands there, and holds the answers to the description. */
class OpenApiExamplesIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The four an event must have; the others are sent with them. */
    private static final List<String> EVENT = List.of("ce-specversion", "ce-id", "ce-source", "ce-type");

    /** What may be said of a JSON batch, whose messages have attributes of their own. */
    private static final Set<String> OF_A_JSON_BATCH = Set.of("topic", "timeout", "RocketMQ-Timeout", "X-Request-Id");

    /** Another every time. */
    private static final List<String> VARYING = List.of("requestId", "instance");

    private static GatewayProcess gateway;
    private static ReplierProcess replier;
    private static OpenApiDocument document;
    private static String topic;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.publish.rate-limit.per-topic", 100_000)
                .start();
        topic = BROKER.newTopic();
        replier = ReplierProcess.replyingTo(topic, BROKER, gateway);
        document = OpenApiDocument.read(gateway.get("/q/openapi").body());
        storeTheMessageThatIsLookedUp();
    }

    /** With the id of the example. */
    private static void storeTheMessageThatIsLookedUp() {
        var id = document.operation("getMessage")
                .parameter("messageId")
                .values()
                .get(0)
                .textValue();
        var message = new Message(topic, "hello".getBytes(StandardCharsets.UTF_8));
        MessageAccessor.putProperty(message, MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX, id);
        BROKER.witness().send(message);
        await().until(() ->
                gateway.get("/topics/%s/messages/%s".formatted(topic, id)).statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        replier.close();
        gateway.close();
    }

    /** {@link OpenApiSubscriptionsIT} has the others, and {@link TailIT} the stream, which does not end. */
    private static List<Operation> operations() {
        return document.operations().stream()
                .filter(operation ->
                        !operation.isOfSubscriptions() && !operation.id().equals("tailMessages"))
                .toList();
    }

    @Test
    void hasAnExampleOfEveryBodyAndParameter() {
        assertThat(operations()).hasSize(12).allSatisfy(operation -> {
            assertThat(operation.bodies().values())
                    .allSatisfy(body -> assertThat(body.examples()).isNotEmpty());
            assertThat(operation.parameters())
                    .filteredOn(parameter -> !parameter.name().equals("mode"))
                    .allSatisfy(parameter ->
                            assertThat(parameter.values()).as(parameter.name()).isNotEmpty());
        });
        assertThat(document.operation("publishMessage").bodies())
                .containsOnlyKeys(
                        "text/plain", "application/json", "application/cloudevents+json", "application/octet-stream");
        assertThat(document.operation("publishBatch").bodies())
                .containsOnlyKeys("application/json", "application/x-ndjson", "application/cloudevents-batch+json");
        assertThat(bodies()).hasSizeGreaterThanOrEqualTo(5 * 4 + 3 * 3);
        assertThat(parameters()).hasSizeGreaterThanOrEqualTo(30 + 3 * 20);
    }

    static List<Arguments> bodies() {
        var bodies = new ArrayList<Arguments>();
        for (var operation : operations()) {
            operation.bodies().forEach((type, body) -> body.examples().keySet().forEach(example -> operation
                    .parameter("mode")
                    .schema()
                    .get("enum")
                    .forEach(mode -> bodies.add(Arguments.of(operation, type, example, mode.textValue())))));
        }
        return bodies;
    }

    @ParameterizedTest(name = "{0}, {1}, {2}, mode={3}")
    @MethodSource("bodies")
    void takesEachBodyInEachMode(Operation operation, String type, String example, String mode) {
        var request = OpenApiRequest.of(operation, topic)
                .with(operation.parameter("mode"), TextNode.valueOf(mode))
                .body(type, operation.bodies().get(type).examples().get(example));
        if (example.equals("cloudevent-data")) {
            EVENT.forEach(name -> request.withExample(operation.parameter(name)));
        }

        DocumentedAnswer.assertSuccess(document, operation, mode, request.send(gateway));
    }

    @Test
    void showsWhatAConsumerReplies() {
        var operation = document.operation("publishMessage");
        var text = operation.bodies().get("text/plain").examples().get("text");
        var shown = operation.responses().get("200").content().get("*/*").examples();

        var answer = gateway.publish(topic, "mode=request", text.textValue());

        assertThat(answer.body()).isEqualTo(shown.get("reply").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async", "oneway"})
    void tellsOfEachMessageWhereOneIsWrong(String mode) throws JsonProcessingException {
        var operation = document.operation("publishBatch");
        var shown = operation
                .responses()
                .get("207")
                .content()
                .get("application/json")
                .examples()
                .get("some");

        var answer = gateway.publishBatch(
                topic,
                "mode=" + mode,
                "application/json",
                "{\"messages\": [{\"body\": \"good\"}, {\"body\": \"bad\", \"tag\": \"a|b\"}]}");

        DocumentedAnswer.assertDescribed(document, operation, "207", answer);
        var wrong = (ObjectNode) JSON.readTree(answer.body()).at("/results/1");
        var example = (ObjectNode) shown.at("/results/1");
        assertThat(wrong.remove(VARYING)).isEqualTo(example.deepCopy().remove(VARYING));
    }

    /** A recall needs the handle of a message, so {@link RecallIT} tries it. */
    static List<Arguments> parameters() {
        var values = new ArrayList<Arguments>();
        for (var operation : operations()) {
            if (operation.id().equals("recallMessage")) {
                continue;
            }
            for (var type : operation.bodies().isEmpty() ? Set.of("") : forms(operation)) {
                for (var parameter : operation.parameters()) {
                    parameter.values().forEach(value -> values.add(Arguments.of(operation, type, parameter, value)));
                }
            }
        }
        return values;
    }

    /** The first form says it for all where one message is the body; the forms of a batch differ. */
    private static Set<String> forms(Operation operation) {
        var forms = operation.bodies().keySet();
        return operation.id().equals("publishMessage") ? Set.of(forms.iterator().next()) : forms;
    }

    @ParameterizedTest(name = "{0}, {1}, {2} = {3}")
    @MethodSource("parameters")
    void takesEachParameterAlone(Operation operation, String type, Parameter parameter, JsonNode value) {
        var request = OpenApiRequest.of(operation, topic);
        if (!type.isEmpty()) {
            request.body(
                    type,
                    operation.bodies().get(type).examples().values().iterator().next());
        }
        if (parameter.name().startsWith("ce-")) {
            EVENT.stream()
                    .filter(name -> !name.equals(parameter.name()))
                    .forEach(name -> request.withExample(operation.parameter(name)));
        }

        if (operation.id().equals("findMessages") && !parameter.name().equals("key")) {
            request.withExample(operation.parameter("key"));
        }

        var answer = request.with(parameter, value).send(gateway);

        if (operation.id().equals("publishBatch")
                && type.equals("application/json")
                && isOfAMessage(parameter, value)) {
            DocumentedAnswer.assertDescribed(document, operation, "400", answer);
        } else {
            DocumentedAnswer.assertSuccess(document, operation, "sync", answer);
        }
    }

    private static boolean isOfAMessage(Parameter parameter, JsonNode value) {
        boolean nothing = value.isObject() && value.isEmpty();
        return !OF_A_JSON_BATCH.contains(parameter.name()) && !nothing;
    }

    @Test
    void showsWhatFitsItsSchema() {
        int shown = 0;
        for (var operation : document.operations()) {
            for (var parameter : operation.parameters()) {
                shown += assertFits(parameter.schema(), parameter.values());
            }
            var answers =
                    operation.responses().values().stream().flatMap(response -> response.content().values().stream());
            for (var content :
                    Stream.concat(operation.bodies().values().stream(), answers).toList()) {
                shown += assertFits(content.schema(), content.examples().values());
            }
        }

        assertThat(shown).isGreaterThan(120);
    }

    private static int assertFits(JsonNode schema, Collection<JsonNode> values) {
        assertThat(values).allSatisfy(value -> assertThat(JsonSchema.faults(document, schema, value))
                .as(value.toString())
                .isEmpty());
        return values.size();
    }

    @Test
    void showsTheProblemsAsTheyAreExplained() throws JsonProcessingException {
        var one = document.operation("getProblem")
                .responses()
                .get("200")
                .content()
                .get("application/json");
        var list = document.operation("listProblems")
                .responses()
                .get("200")
                .content()
                .get("application/json");

        assertThat(JSON.readTree(gateway.get("/problems/empty-body").body()))
                .isEqualTo(one.examples().get("one"));
        assertThat(JSON.readTree(gateway.get("/problems").body()).get("items"))
                .containsAll(list.examples().get("list").get("items"));
        assertThat(gateway.get("/problems", "Accept", "text/html").statusCode()).isEqualTo(200);
    }
}
