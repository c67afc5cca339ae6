package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PublishIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER).start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({"'',200", "mode=sync,200", "mode=async,202"})
    void answersWithTheSendResultWhenTheBrokerHasStored(String query, int status) {
        var topic = BROKER.newTopic();

        var answer = gateway.publish(topic, query, "hello");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        var receipt = new JsonObject(answer.body());
        var stored = onlyMessage(topic);
        assertThat(receipt.getString("sendStatus")).isEqualTo("SEND_OK");
        assertThat(receipt.getString("msgId")).isEqualTo(stored.id());
        assertThat(receipt.getString("offsetMsgId")).hasSize(32);
        assertThat(receipt.getJsonObject("messageQueue").getString("topic")).isEqualTo(topic);
        assertThat(receipt.getJsonObject("messageQueue").getString("brokerName"))
                .isEqualTo("broker-a");
        assertThat(receipt.getJsonObject("messageQueue").getInteger("queueId")).isBetween(0, 3);
        assertThat(receipt.getLong("queueOffset")).isZero();
        assertThat(receipt.getString("regionId")).isEqualTo("DefaultRegion");
        assertThat(receipt.getBoolean("traceOn")).isTrue();
        assertThat(receipt.fieldNames()).doesNotContain("transactionId", "recallHandle");
        assertThat(answer.headers().firstValue("RocketMQ-Message-Id")).hasValue(stored.id());
        assertThat(stored.text()).isEqualTo("hello");
    }

    @Test
    void answersOnewayWithoutABodyAndWithTheMessageId() {
        var topic = BROKER.newTopic();

        var answer = gateway.publish(topic, "mode=oneway", "hello");

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        await().until(() -> BROKER.count(topic) == 1);
        assertThat(answer.headers().firstValue("RocketMQ-Message-Id"))
                .hasValue(onlyMessage(topic).id());
    }

    @Test
    void theBrokersOwnToolCountsWhatWasAnswered() {
        var topic = BROKER.newTopic();
        for (int i = 0; i < 12; i++) {
            assertThat(gateway.publish(topic, "", "message " + i).statusCode()).isEqualTo(200);
        }

        var status = BROKER.admin("topicStatus", "-t", topic);

        long max = status.lines()
                .filter(line -> line.startsWith("broker-a"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[3]))
                .sum();
        assertThat(max).as(status).isEqualTo(12);
    }

    static Stream<Arguments> bodies() {
        var everyByte = new byte[256];
        for (int i = 0; i < 256; i++) {
            everyByte[i] = (byte) i;
        }
        var large = new byte[4 * 1024 * 1024];
        new Random(7).nextBytes(large);
        return Stream.of("sync", "async", "oneway")
                .flatMap(mode -> Stream.of(
                        Arguments.of(mode, "text", "Grüße, 世界 ✓".getBytes(StandardCharsets.UTF_8)),
                        Arguments.of(mode, "every byte", everyByte),
                        Arguments.of(mode, "one byte", new byte[] {0}),
                        Arguments.of(mode, "4 MiB", large)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("bodies")
    void storesTheBodyByteForByte(String mode, String name, byte[] body) {
        var topic = BROKER.newTopic();

        var answer = gateway.publish(topic, "mode=" + mode, BodyPublishers.ofByteArray(body));

        assertThat(answer.statusCode()).isBetween(200, 204);
        await().until(() -> BROKER.count(topic) == 1);
        assertThat(onlyMessage(topic).body()).isEqualTo(body);
    }

    @Test
    void storesABodyOfUnknownLength() {
        var topic = BROKER.newTopic();
        var body = new byte[200_000];
        new Random(11).nextBytes(body);

        var answer = gateway.publish(topic, "", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(onlyMessage(topic).body()).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({"sync", "async", "oneway"})
    void storesTagKeysAndPropertiesFromTheQuery(String mode) {
        var topic = BROKER.newTopic();

        gateway.publish(
                topic,
                "mode=" + mode
                        + "&tag=created&key=order-1&key=k%C3%BC&property.tenant=a%3Db%2C%25&property.Tenant=%E4%B8%96",
                "x");

        await().until(() -> BROKER.count(topic) == 1);
        assertAttributes(onlyMessage(topic));
    }

    @Test
    void storesTagKeysAndPropertiesFromHeaders() {
        var topic = BROKER.newTopic();

        gateway.publish(
                topic,
                "",
                "x",
                "RocketMQ-Tag",
                "created",
                "RocketMQ-Keys",
                "order-1, k%C3%BC",
                "RocketMQ-Property",
                "tenant=a=b,%25",
                "RocketMQ-Property",
                "Tenant=%E4%B8%96");

        assertAttributes(onlyMessage(topic));
    }

    private static void assertAttributes(Stored stored) {
        assertThat(stored.tag()).isEqualTo("created");
        assertThat(stored.keys()).isEqualTo("order-1 kü");
        assertThat(stored.properties()).containsEntry("tenant", "a=b,%").containsEntry("Tenant", "世");
    }

    @Test
    void keepsContentTypeAndIdempotencyKey() {
        var topic = BROKER.newTopic();

        gateway.publish(
                topic,
                "",
                "{}",
                "Content-Type",
                "application/json; charset=utf-8",
                "Content-Encoding",
                "gzip",
                "Idempotency-Key",
                "abc-1");

        var stored = onlyMessage(topic);
        assertThat(stored.properties())
                .containsEntry("contentType", "application/json; charset=utf-8")
                .containsEntry("contentEncoding", "gzip")
                .containsEntry("idempotencyKey", "abc-1");
        assertThat(stored.keys()).isEqualTo("abc-1");
        assertThat(stored.text()).isEqualTo("{}");
    }

    @Test
    void carriesAsManyPropertiesAsItSaysItDoes() {
        var topic = BROKER.newTopic();
        var value = "v".repeat(31_900);

        var answer = gateway.publish(topic, "", "x", "RocketMQ-Property", "big=" + value);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(onlyMessage(topic).properties()).containsEntry("big", value);
    }

    @Test
    void showsInTheMetricsWhatItDid() {
        var topic = BROKER.newTopic();
        gateway.publish(topic, "", "x");
        gateway.publish(topic, "mode=async", "x");

        var metrics = gateway.get("/q/metrics").body();

        assertThat(metrics)
                .contains("gateway_publish_requests_seconds_count{mode=\"sync\",outcome=\"success\",topic=\"" + topic
                        + "\"} 1")
                .contains("gateway_publish_requests_seconds_count{mode=\"async\",outcome=\"success\",topic=\"" + topic
                        + "\"} 1")
                .contains("gateway_send_status_total{status=\"SEND_OK\"}")
                .contains("gateway_publish_in_flight 0");
    }

    private static Stored onlyMessage(String topic) {
        var stored = BROKER.stored(topic);
        assertThat(stored).hasSize(1);
        return stored.get(0);
    }
}
