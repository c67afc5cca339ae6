package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawConnection;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Messages of many callers at once: each answer tells where its own message is, and there it is, once. */
@ResourceLock("the load of the machine")
class CoalescingIT {

    private static final Logger LOG = Logger.getLogger(CoalescingIT.class);

    private static final int MESSAGES = Integer.getInteger("coalesced", 50_000);
    private static final int CALLERS = 64;

    private record Place(int queue, long offset) {}

    private record Answered(Place place, int number) {}

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic();

    @Test
    void tellsEachCallerWhereItsMessageIs() throws Exception {
        var answered = new ConcurrentHashMap<String, Answered>(MESSAGES * 2);
        try (var gateway = GatewayProcess.connectedTo(broker)
                .with("gateway.publish.coalescing.enabled", true)
                .start()) {
            publish(gateway, answered);
            assertThat(together(gateway))
                    .as("messages that left together, on average")
                    .isGreaterThan(1.5);
        }

        int[] wrong = {0};
        int[] stored = {0};
        await().until(() -> broker.count(topic) == MESSAGES);
        broker.witness().forEachStored(topic, message -> {
            stored[0]++;
            // Removed, so that a second one with its id has no answer.
            var told = answered.remove(message.id());
            if (told == null
                    || !told.place().equals(new Place(message.queue(), message.offset()))
                    || !message.text().equals(body(told.number()))) {
                wrong[0]++;
            }
        });
        LOG.infof("coalesced messages=%d stored=%d wrong=%d lost=%d", MESSAGES, stored[0], wrong[0], answered.size());
        assertThat(stored[0]).isEqualTo(MESSAGES);
        assertThat(wrong[0]).isZero();
        assertThat(answered).isEmpty();
    }

    private void publish(GatewayProcess gateway, Map<String, Answered> answered) throws Exception {
        var next = new AtomicInteger();
        var threads = Executors.newFixedThreadPool(CALLERS);
        try {
            for (var caller : threads.invokeAll(IntStream.range(0, CALLERS)
                    .<Callable<Void>>mapToObj(i -> () -> publishInTurn(gateway, next, answered))
                    .toList())) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(answered).as("ids, each of one message").hasSize(MESSAGES);
    }

    private Void publishInTurn(GatewayProcess gateway, AtomicInteger next, Map<String, Answered> answered)
            throws IOException {
        try (var connection = new RawConnection(gateway.root())) {
            for (int number = next.getAndIncrement(); number < MESSAGES; number = next.getAndIncrement()) {
                var mode = number % 2 == 0 ? "sync" : "async";
                var answer = connection.exchange(request(number, mode));
                while (answer.status() == 429) {
                    // A broker that sheds load stores nothing.
                    answer = connection.exchange(request(number, mode));
                }
                assertThat(answer.status()).as(answer.body()).isEqualTo(mode.equals("sync") ? 200 : 202);
                var receipt = new JsonObject(answer.body());
                assertThat(receipt.getString("msgId"))
                        .isEqualTo(answer.headers().get("rocketmq-message-id"));
                answered.put(
                        receipt.getString("msgId"),
                        new Answered(
                                new Place(
                                        receipt.getJsonObject("messageQueue").getInteger("queueId"),
                                        receipt.getLong("queueOffset")),
                                number));
            }
        }
        return null;
    }

    private byte[] request(int number, String mode) {
        var body = body(number);
        return "POST /topics/%s/messages?mode=%s HTTP/1.1\r\nHost: gateway\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(topic, mode, body.getBytes(UTF_8).length, body)
                .getBytes(US_ASCII);
    }

    private static String body(int number) {
        return "message " + number;
    }

    private static double together(GatewayProcess gateway) {
        var metrics = gateway.get("/q/metrics").body();
        return value(metrics, "gateway_publish_coalesced_messages_sum")
                / value(metrics, "gateway_publish_coalesced_messages_count");
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }
}
