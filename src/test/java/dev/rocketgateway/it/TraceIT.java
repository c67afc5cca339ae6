package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a trace is where one message is: those that were sent together are traced one by one. */
class TraceIT {

    /** Between the fields of a record, and between records: {@code TraceConstants}. */
    private static final String FIELD = "\u0001";

    private static final String RECORD = "\u0002";

    private static final TestBroker BROKER = TestBroker.shared();

    private final String traces = BROKER.newTopic();
    private final String topic = BROKER.newTopic();

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void tracesEachMessageOfABatch(String mode) {
        try (var gateway = start()) {
            var answer =
                    gateway.publishBatch(topic, "mode=" + mode, "application/x-ndjson", "\"a\"\n\"bb\"\n\"ccc\"\n");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(mode.equals("sync") ? 200 : 202);
            var results = new JsonObject(answer.body()).getJsonArray("results");
            awaitTraces(ids(results));
            for (int i = 0; i < results.size(); i++) {
                var receipt = results.getJsonObject(i);
                assertThat(records())
                        .filteredOn(record -> record.get(5).equals(receipt.getString("msgId")))
                        .singleElement()
                        .satisfies(record -> {
                            assertThat(record.get(0)).isEqualTo("Pub");
                            assertThat(record.get(4)).isEqualTo(topic);
                            assertThat(record.get(12)).isEqualTo(receipt.getString("offsetMsgId"));
                        });
            }
        }
    }

    @Test
    void tracesAMessageThatIsAlone() {
        try (var gateway = start()) {
            var receipt = new JsonObject(gateway.publish(topic, "", "a").body());

            awaitTraces(List.of(receipt.getString("msgId")));
        }
    }

    private GatewayProcess start() {
        return GatewayProcess.connectedTo(BROKER)
                .with("gateway.rocketmq.trace.enabled", true)
                .with("gateway.rocketmq.trace.topic", traces)
                .start();
    }

    /** A trace is found by the key that is the message's id. */
    private void awaitTraces(List<String> ids) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(BROKER.stored(traces).stream()
                        .map(Stored::keys)
                        .flatMap(keys -> Arrays.stream(keys == null ? new String[0] : keys.split(" "))))
                .containsAll(ids));
    }

    private List<List<String>> records() {
        return BROKER.stored(traces).stream()
                .flatMap(stored -> Arrays.stream(stored.text().split(RECORD)))
                .map(record -> List.of(record.split(FIELD)))
                .toList();
    }

    private static List<String> ids(JsonArray results) {
        return results.stream()
                .map(result -> ((JsonObject) result).getString("msgId"))
                .toList();
    }
}
