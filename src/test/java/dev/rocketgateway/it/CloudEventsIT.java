package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.CloudEventReader;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.TestBroker;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.MessageWriter;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventWriter;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Events as the Java SDK and the specification's examples send them, and as a native reader of the binding has them. */
class CloudEventsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final String EVENT = "application/cloudevents+json";

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.shared();
    }

    static Stream<Arguments> events() {
        var small = CloudEventBuilder.v1()
                .withId("A234-1234-1234")
                .withSource(URI.create("/mycontext/4"))
                .withType("com.example.someevent")
                .build();
        var full = CloudEventBuilder.v1(small)
                .withId("1 with blanks")
                .withSubject("größe, \"quoted\" 100% €🚀")
                .withTime(OffsetDateTime.parse("2018-04-05T17:31:00.123Z"))
                .withDataSchema(URI.create("https://example.com/schema?a=b"))
                .withExtension("comexampleothervalue", "5")
                .withExtension("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .withData("application/json", "{\"much\":\"wow €\"}".getBytes(StandardCharsets.UTF_8))
                .build();
        var binary = CloudEventBuilder.v1(small)
                .withData("application/octet-stream", new byte[] {0, (byte) 0xFF, 10})
                .build();
        var percent = CloudEventBuilder.v1(small).withSubject("100%, a=b %zz").build();
        var old = CloudEventBuilder.v03(small)
                .withData("text/xml", "<much wow=\"xml\"/>".getBytes(StandardCharsets.UTF_8))
                .build();
        return Stream.of(small, full, binary, percent, old)
                .flatMap(event -> Stream.of("sync", "async", "oneway").map(mode -> Arguments.of(mode, event)));
    }

    @ParameterizedTest
    @MethodSource("events")
    void aNativeReaderHasTheEventThatWasSent(String mode, CloudEvent event) {
        for (Function<MessageWriter<?, Void>, Object> form : forms(event)) {
            var topic = BROKER.newTopic();

            var answer = send(topic, mode, form);

            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
            var stored = awaitOne(topic);
            var read = CloudEventReader.read(stored);
            assertThat(read.getSpecVersion()).isEqualTo(event.getSpecVersion());
            for (String name : event.getAttributeNames()) {
                assertThat(read.getAttribute(name)).as(name).isEqualTo(event.getAttribute(name));
            }
            assertThat(read.getExtensionNames()).isEqualTo(event.getExtensionNames());
            for (String name : event.getExtensionNames()) {
                assertThat(read.getExtension(name)).isEqualTo(event.getExtension(name));
            }
            assertThat(data(read)).isEqualTo(data(event));
            assertThat(stored.keys()).isEqualTo(event.getId().contains(" ") ? null : event.getId());
        }
    }

    private static List<Function<MessageWriter<?, Void>, Object>> forms(CloudEvent event) {
        return List.of(writer -> binary(writer, event), writer -> writer.writeStructured(event, new JsonFormat()));
    }

    @SuppressWarnings("unchecked")
    private static Object binary(MessageWriter<?, Void> writer, CloudEvent event) {
        return ((MessageWriter<CloudEventWriter<Void>, Void>) writer).writeBinary(event);
    }

    private static HttpResponse<String> send(String topic, String mode, Function<MessageWriter<?, Void>, Object> form) {
        var request = gateway.request("/topics/" + topic + "/messages?mode=" + mode);
        var answer = new AtomicReference<HttpResponse<String>>();
        form.apply(HttpMessageFactory.createWriter(
                // The SDK leaves to its user what HTTP does not take.
                (name, value) -> request.header(name, asciiOf(value)),
                body -> answer.set(gateway.send(
                        request.POST(body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))))));
        return answer.get();
    }

    private static String asciiOf(String value) {
        return value.chars().allMatch(character -> character >= ' ' && character <= '~')
                ? value
                : URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void storesWhatTheBindingSays() {
        var topic = BROKER.newTopic();

        var answer = gateway.publish(
                topic,
                "tag=t&property.a=b",
                "<much wow=\"xml\"/>",
                "ce-specversion",
                "1.0",
                "CE-Type",
                "com.example.someevent",
                "ce-time",
                "2018-04-05T03:56:24Z",
                "ce-id",
                "1234-1234-1234",
                "ce-source",
                "/mycontext/subcontext",
                "ce-subject",
                "Euro%20%E2%82%AC%20%F0%9F%98%80",
                "ce-comexampleextension1",
                "\"quoted \\\"v\\\"\"",
                "Content-Type",
                "text/xml");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var stored = awaitOne(topic);
        assertThat(stored.text()).isEqualTo("<much wow=\"xml\"/>");
        assertThat(stored.tag()).isEqualTo("t");
        assertThat(stored.keys()).isEqualTo("1234-1234-1234");
        assertThat(stored.properties())
                .containsEntry("a", "b")
                .containsEntry("CE_specversion", "1.0")
                .containsEntry("CE_type", "com.example.someevent")
                .containsEntry("CE_time", "2018-04-05T03:56:24Z")
                .containsEntry("CE_id", "1234-1234-1234")
                .containsEntry("CE_source", "/mycontext/subcontext")
                .containsEntry("CE_subject", "Euro € 😀")
                .containsEntry("CE_comexampleextension1", "quoted \"v\"")
                .containsEntry("comexampleextension1", "quoted \"v\"")
                .containsEntry("CE_contenttype", "text/xml")
                .containsEntry("contentType", "text/xml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ce-specversion=1.0 ce-id=1 ce-type=t|ce-source",
                "ce-specversion=1.0 ce-id=1 ce-source=/s|ce-type",
                "ce-specversion=1.0 ce-source=/s ce-type=t|ce-id",
                "ce-id=1 ce-source=/s ce-type=t|ce-specversion",
                "ce-specversion=1.0 ce-id= ce-source=/s ce-type=t|ce-id",
                "ce-specversion=2.0 ce-id=1 ce-source=/s ce-type=t|ce-specversion",
                "ce-specversion=1.0 ce-id=1 ce-source=/s ce-type=t ce-time=yesterday|ce-time",
                "ce-specversion=1.0 ce-id=1 ce-source=a%20%5Eb ce-type=t|ce-source",
                "ce-specversion=1.0 ce-id=1 ce-source=/s ce-type=t ce-my-name=x|ce-my-name",
                "ce-specversion=1.0 ce-id=1 ce-source=/s ce-type=t ce-subject=%FF|ce-subject",
                "ce-specversion=1.0 ce-id=1 ce-source=/s ce-type=t ce-subject=|ce-subject",
                "ce-specversion=1.0 ce-id=1 ce-source=/s ce-type=t ce-ext=a%01b|ce-ext",
                "ce-specversion=1.0 ce-id=1 ce-source=/s ce-type=t ce-ext=%20|ce-ext",
                "ce-specversion=1.0 ce-id=1 ce-source=/s ce-type=t ce-contenttype=x|ce-contenttype",
            })
    void namesWhatIsWrongWithHeaders(String headers, String field) {
        var names = new ArrayList<String>();
        for (String header : headers.split(" ")) {
            names.addAll(List.of(header.split("=", 2)));
        }

        assertRefused(
                gateway.publish(BROKER.newTopic(), "", "x", names.toArray(String[]::new)),
                "invalid-request",
                400,
                field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\"}|400|invalid-request|source",
                "{\"specversion\":\"1.0\",\"id\":7,\"source\":\"/s\",\"type\":\"t\"}|400|invalid-request|id",
                "{\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}|400|invalid-request|specversion",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"time\":\"x\"}|400|invalid-request|time",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"a_b\":\"x\"}|400|invalid-request|a_b",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"ext\":{}}|400|invalid-request|ext",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"ext\":1.5}|400|invalid-request|ext",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":1,\"data_base64\":\"AA==\"}"
                        + "|400|invalid-request|data_base64",
                "{\"specversion\":\"1.0\"|400|malformed-body|JSON",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"} x|400|malformed-body|JSON",
                "{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"t\"}|400|invalid-request|id",
                "[]|400|invalid-request|object",
            })
    void namesWhatIsWrongWithAnEvent(String event, int status, String code, String named) {
        var topic = BROKER.newTopic();

        assertRefused(gateway.publish(topic, "", event, "Content-Type", EVENT), code, status, named);
        assertThat(BROKER.count(topic)).isZero();
    }

    @Test
    void saysWhichFormatsItReads() {
        for (String type : List.of("application/cloudevents+xml", "application/cloudevents-batch+json")) {
            assertRefused(
                    gateway.publish(BROKER.newTopic(), "", "[]", "Content-Type", type),
                    "unsupported-media-type",
                    415,
                    EVENT);
        }
    }

    @ParameterizedTest
    @CsvSource({"sync,207", "oneway,207"})
    void storesEachEventOfABatch(String mode, int status) {
        var topic = BROKER.newTopic();
        var first =
                "{\"specversion\" : \"1.0\", \"id\":\"1\",\"source\":\"/s\",\"type\":\"t\", \"data\":{\"n\": 1.10}}";
        var second = "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"/s\",\"type\":\"t\",\"ext\":true}";

        var answer = gateway.publishBatch(
                topic,
                "tag=t&mode=" + mode,
                "application/cloudevents-batch+json",
                "[ " + first + ",{\"id\":\"3\"}, " + second + "]");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        var failed = new JsonObject(answer.body()).getJsonArray("results").getJsonObject(1);
        assertThat(failed.getString("detail")).contains("specversion");
        await().atMost(Duration.ofSeconds(20)).until(() -> BROKER.stored(topic).size() == 2);
        assertThat(BROKER.stored(topic)).extracting(Stored::text).containsExactlyInAnyOrder(first, second);
        assertThat(BROKER.stored(topic)).allSatisfy(message -> {
            assertThat(message.tag()).isEqualTo("t");
            assertThat(CloudEventReader.read(message).getId()).isEqualTo(message.keys());
        });
    }

    @Test
    void refusesAnotherValueForAPropertyOfTheEvent() {
        assertRefused(
                gateway.publish(
                        BROKER.newTopic(),
                        "property.CE_type=other",
                        "x",
                        "ce-specversion",
                        "1.0",
                        "ce-id",
                        "1",
                        "ce-source",
                        "/s",
                        "ce-type",
                        "t"),
                "invalid-request",
                400,
                "property.CE_type");
    }

    private static void assertRefused(HttpResponse<String> answer, String code, int status, String named) {
        RefusalsIT.assertProblem(answer, status, code, false);
        assertThat(new JsonObject(answer.body()).getString("detail")).contains(named);
    }

    private static byte[] data(CloudEvent event) {
        return event.getData() == null ? new byte[0] : event.getData().toBytes();
    }

    private static Stored awaitOne(String topic) {
        await().atMost(Duration.ofSeconds(20)).until(() -> BROKER.stored(topic).size() == 1);
        return BROKER.stored(topic).get(0);
    }
}
