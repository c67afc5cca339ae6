package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.CloudEventReader;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawConnection;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scenarios of {@code features/http-protocol-binding.feature} in the repository cloudevents/conformance, byte by byte, and the same
 * event as a batch. A native reader of the binding for RocketMQ says what the attributes and the data are.
 */
class CloudEventsConformanceIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private static final String BINARY = """
            POST /topics/%s/messages HTTP/1.1
            Host: example.com
            ce-specversion: 1.0
            ce-type: com.example.someevent
            ce-time: 2018-04-05T03:56:24Z
            ce-id: 1234-1234-1234
            ce-source: /mycontext/subcontext
            Content-Type: %s
            Content-Length: %d

            """;

    private static final String DATA = """
            {
                "message": "Hello World!"
            }
            """;

    private static final String STRUCTURED = """
            POST /topics/%s/%s HTTP/1.1
            Host: example.com
            Content-Type: %s
            Content-Length: %d

            """;

    private static final String EVENT = """
            {
                "specversion": "1.0",
                "type": "com.example.someevent",
                "time": "2018-04-05T03:56:24Z",
                "id": "1234-1234-1234",
                "source": "/mycontext/subcontext",
                "datacontenttype": "application/json",
                "data": {
                    "message": "Hello World!"
                }
            }
            """;

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.shared();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8"})
    void binaryContentMode(String contentType) throws IOException {
        var topic = BROKER.newTopic();

        send(BINARY.formatted(topic, contentType, DATA.length()), DATA);

        assertIsTheEvent(topic, contentType);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/cloudevents+json", "application/cloudevents+json; charset=utf-8"})
    void structuredContentMode(String contentType) throws IOException {
        var topic = BROKER.newTopic();

        send(STRUCTURED.formatted(topic, "messages", contentType, EVENT.length()), EVENT);

        assertIsTheEvent(topic, "application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/cloudevents-batch+json", "application/cloudevents-batch+json; charset=utf-8"})
    void batchedContentMode(String contentType) throws IOException {
        var topic = BROKER.newTopic();
        var batch = "[" + EVENT + "]";

        send(STRUCTURED.formatted(topic, "messages:batch", contentType, batch.length()), batch);

        assertIsTheEvent(topic, "application/json");
    }

    private static void send(String head, String body) throws IOException {
        try (var connection = new RawConnection(gateway.root())) {
            var answer = connection.exchange((head.replace("\n", "\r\n") + body).getBytes(UTF_8));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }

    private static void assertIsTheEvent(String topic, String contentType) {
        await().until(() -> BROKER.count(topic) == 1);
        var events = BROKER.stored(topic).stream().map(CloudEventReader::read).toList();
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getId()).isEqualTo("1234-1234-1234");
            assertThat(event.getSpecVersion()).hasToString("1.0");
            assertThat(event.getType()).isEqualTo("com.example.someevent");
            assertThat(event.getSource()).isEqualTo(URI.create("/mycontext/subcontext"));
            assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2018-04-05T03:56:24Z"));
            assertThat(event.getDataContentType()).isEqualTo(contentType);
            assertThat(event.getExtensionNames()).isEmpty();
            assertThat(new JsonObject(new String(event.getData().toBytes(), UTF_8)))
                    .isEqualTo(new JsonObject().put("message", "Hello World!"));
        });
    }
}
