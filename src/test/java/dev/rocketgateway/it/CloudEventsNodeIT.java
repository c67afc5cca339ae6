package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.CloudEventReader;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CloudEvents SDK for JavaScript; {@code src/test/cloudevents/run} names the directory it is installed in. */
@EnabledIfSystemProperty(
        named = "cloudevents.node",
        matches = ".+",
        disabledReason = "src/test/cloudevents/run runs it")
class CloudEventsNodeIT {

    private static final Logger LOG = Logger.getLogger(CloudEventsNodeIT.class);

    private static final Path EVENTS = Path.of("src/test/cloudevents/events.json");

    /** What the SDK announces in binary mode where the event does not say. */
    private static final String DEFAULT_TYPE = "application/json; charset=utf-8";

    private static TestBroker broker;
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        broker = TestBroker.shared();
        gateway = GatewayProcess.connectedTo(broker).start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fetch-binary", "fetch-structured", "emitter-binary", "emitter-structured", "batch"})
    void aNativeReaderHasTheEventsThatWereSent(String way) throws Exception {
        var topic = broker.newTopic();
        var events = new JsonArray(Files.readString(EVENTS));

        send(way, topic);

        await().atMost(Duration.ofSeconds(20)).until(() -> broker.count(topic) == events.size());
        var read = broker.stored(topic).stream().map(CloudEventReader::read).toList();
        for (int i = 0; i < events.size(); i++) {
            assertReadAsSent(read, events.getJsonObject(i), way);
        }
        LOG.infof("cloudevents way=%s sent=%d read=%d", way, events.size(), read.size());
    }

    private static void send(String way, String topic) throws IOException, InterruptedException {
        var sender = new ProcessBuilder(
                        "node",
                        "send.mjs",
                        way,
                        gateway.root().toString(),
                        topic,
                        EVENTS.toAbsolutePath().toString())
                .directory(Path.of(System.getProperty("cloudevents.node")).toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(sender.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(sender.waitFor()).as(output).isZero();
    }

    private static void assertReadAsSent(List<CloudEvent> read, JsonObject sent, String way) {
        var expected = toEvent(sent, way);
        assertThat(read)
                .filteredOn(event -> event.getId().equals(expected.getId()))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getSpecVersion()).isEqualTo(expected.getSpecVersion());
                    for (String name : expected.getAttributeNames()) {
                        assertThat(event.getAttribute(name)).as(name).isEqualTo(expected.getAttribute(name));
                    }
                    assertThat(event.getExtensionNames()).isEqualTo(expected.getExtensionNames());
                    for (String name : expected.getExtensionNames()) {
                        assertThat(event.getExtension(name)).as(name).isEqualTo(expected.getExtension(name));
                    }
                    var data = data(sent);
                    if (data == null) {
                        assertThat(event.getData()).isNull();
                    } else {
                        assertThat(event.getData().toBytes()).isEqualTo(data);
                    }
                });
    }

    private static CloudEvent toEvent(JsonObject sent, String way) {
        var builder = CloudEventBuilder.v1();
        var attributes = sent.getJsonObject("attributes").copy();
        if (way.endsWith("binary") && !attributes.containsKey("datacontenttype")) {
            attributes.put("datacontenttype", DEFAULT_TYPE);
        }
        attributes.forEach(
                attribute -> builder.withContextAttribute(attribute.getKey(), (String) attribute.getValue()));
        return builder.build();
    }

    private static byte[] data(JsonObject sent) {
        if (sent.containsKey("dataBase64")) {
            return Base64.getDecoder().decode(sent.getString("dataBase64"));
        }
        return sent.containsKey("data") ? sent.getString("data").getBytes(StandardCharsets.UTF_8) : null;
    }
}
