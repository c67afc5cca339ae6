package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.Worker;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/** Random requests to receive, acknowledge and extend: each gets an answer, and none is a bug. */
class ReceiveFuzzIT {

    private static final Logger LOG = Logger.getLogger(ReceiveFuzzIT.class);
    private static final int REQUESTS = Integer.getInteger("fuzz", 4000) / 8;
    private static final int MESSAGES = 20;
    private static final TestBroker BROKER = TestBroker.shared();

    private static final List<String> QUERIES = List.of(
            "",
            "?max=1",
            "?max=32",
            "?max=0",
            "?max=-1",
            "?max=9999999999",
            "?max=%00",
            "?wait=0s",
            "?wait=1ms",
            "?wait=-1s",
            "?wait=1h",
            "?wait=x",
            "?visibility=12h",
            "?visibility=10s",
            "?visibility=1s",
            "?visibility=P1D",
            "?as=raw",
            "?as=json",
            "?as=",
            "?as=raw&max=1",
            "?as=raw&max=2",
            "?max=1&max=1",
            "?colour=red",
            "?max",
            "?%",
            "?max=1;wait=1s");

    private static final List<String> VISIBILITIES = List.of(
            "\"0s\"", "\"10s\"", "\"12h\"", "\"13h\"", "\"-1s\"", "\"\"", "0", "null", "{}", "\"PT1M\"", "\"1e9h\"");

    private static final List<String> BODIES = List.of(
            "",
            "{",
            "[]",
            "null",
            "{}",
            "{\"receipts\":null}",
            "{\"receipts\":{}}",
            "{\"receipts\":[1]}",
            "{\"receipts\":[null]}",
            "{\"receipts\":[]}",
            "{\"receipts\":[\"\"],\"receipts\":[]}",
            "{\"receipts\":[\"\\ud800\"]}",
            "\u0000",
            "{\"receipt\":\"a\"}");

    private final Set<String> receipts = new HashSet<>();

    @Test
    void answersEveryRequestWithoutABug() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        var random = new Random(seed);
        var gateway = GatewayProcess.shared();
        var topic = BROKER.newTopic();
        var name = "fuzz-" + Long.toString(System.nanoTime(), 36);
        Subscriptions.json(
                new Subscriptions(gateway)
                        .post(
                                "/subscriptions",
                                "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\"},\"pull\":{\"visibility\":\"10s\"},\"retry\":{\"maxAttempts\":100}}"
                                        .formatted(name, topic)),
                201);
        var worker = new Worker(gateway, name);
        for (int i = 0; i < MESSAGES; i++) {
            gateway.publish(topic, "", "message " + i);
        }
        worker.receive("?max=5&wait=5s").forEach(message -> receipts.add(message.receipt()));
        var answers = new TreeMap<Integer, Integer>();
        for (int i = 0; i < REQUESTS; i++) {
            var request = request(name, random);
            var what = "request %d of -Dfuzz.seed=%d%n%s".formatted(i, seed, request);
            int status =
                    Integer.parseInt(RawHttp.exchange(gateway.root(), request).substring(9, 12));
            assertThat(status).as(what).isIn(200, 204, 207, 400, 404, 405, 406, 415);
            answers.merge(status, 1, Integer::sum);
        }

        LOG.infof("fuzz seed=%d requests=%d answers=%s", seed, REQUESTS, answers);
        assertThat(answers).as("seed %d", seed).containsKeys(200, 207, 400);
        assertThat(gateway.log()).as("seed %d", seed).doesNotContain("because of a bug");
        new Subscriptions(gateway).delete(name, "");
    }

    private String request(String name, Random random) {
        var receipt = random.nextInt(3) == 0 && !receipts.isEmpty()
                ? receipts.iterator().next()
                : altered(receipts.iterator().next(), random);
        var visibility = VISIBILITIES.get(random.nextInt(VISIBILITIES.size()));
        return switch (random.nextInt(4)) {
            case 0 -> raw(name, "receive" + QUERIES.get(random.nextInt(QUERIES.size())), "");
            case 1 -> raw(name, "ack", "{\"receipts\":[\"%s\"]}".formatted(receipt));
            case 2 -> raw(name, "extend", "{\"receipts\":[\"%s\"],\"visibility\":%s}".formatted(receipt, visibility));
            default -> raw(name, random.nextBoolean() ? "ack" : "extend", BODIES.get(random.nextInt(BODIES.size())));
        };
    }

    private static String altered(String receipt, Random random) {
        var altered = new StringBuilder(receipt);
        for (int i = random.nextInt(3); i >= 0; i--) {
            altered.setCharAt(random.nextInt(altered.length()), (char) ('!' + random.nextInt(90)));
        }
        return altered.toString().replace('"', 'q').replace('\\', 'b');
    }

    private static String raw(String name, String action, String body) {
        return "POST /subscriptions/%s/messages:%s HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n%s"
                .formatted(
                        name,
                        action,
                        action.startsWith("receive") ? "" : "Content-Type: application/json\r\n",
                        body.getBytes(StandardCharsets.UTF_8).length,
                        body);
    }
}
