package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.RandomRequests;
import dev.rocketgateway.testing.RawConnection;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever comes, the caller is told what is wrong with it, no bug is found, and only what was answered so is stored. */
class FuzzIT {

    private static final Logger LOG = Logger.getLogger(FuzzIT.class);

    private static final int REQUESTS = Integer.getInteger("fuzz", 4000);
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

    @Test
    void answersEveryRequestWithoutABug() throws IOException {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        var topic = BROKER.newTopic();
        var hidden = BROKER.newTopic();
        var requests = new RandomRequests(seed, topic, BROKER.newTopic());
        var answers = new TreeMap<String, Integer>();
        var confirmed = new HashSet<String>();
        var told = new HashSet<String>();
        int unknown = 0;
        try (var connection = new RawConnection(gateway.root())) {
            for (int i = 0; i < REQUESTS; i++) {
                var request = requests.next();
                RawConnection.Answer answer;
                try {
                    answer = connection.exchange(
                            request.ambiguous() ? followed(request.bytes(), hidden) : request.bytes());
                } catch (IOException e) {
                    throw new AssertionError(described(request, seed, i), e);
                }
                assertThat(answer.status())
                        .as(described(request, seed, i))
                        .isBetween(200, 504)
                        .isNotEqualTo(500);
                if (request.ambiguous()) {
                    assertThat(answer.status()).as(described(request, seed, i)).isIn(400, 414, 431);
                }
                told(answer).ifPresent(told::add);
                answers.merge(answer.status() + " " + code(answer), 1, Integer::sum);
                confirmed.addAll(confirmed(answer, request.head()));
                unknown += unknown(answer);
            }
        }

        LOG.infof("fuzz seed=%d requests=%d confirmed=%d answers=%s", seed, REQUESTS, confirmed.size(), answers);
        assertThat(gateway.log()).as("seed " + seed).doesNotContain("because of a bug", " ERROR ");
        // So many different ways to be refused, or the requests are not what they should be.
        assertThat(answers).hasSizeGreaterThan(10);
        assertThat(confirmed).isNotEmpty();
        // Some are delivered a moment later.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(BROKER.stored(topic).stream().map(Stored::id))
                        .as("seed " + seed)
                        .containsAll(confirmed));
        told.addAll(confirmed);
        assertThat(BROKER.storedByNow(topic).stream().map(Stored::id).filter(id -> !told.contains(id)))
                .as("stored, and not said to be: seed " + seed)
                .hasSizeLessThanOrEqualTo(unknown);
        assertThat(BROKER.storedByNow(hidden)).as("seed " + seed).isEmpty();
        assertThat(gateway.publish(topic, "", "still there").statusCode()).isEqualTo(200);
    }

    /** Every refusal is a problem document, but those of the server underneath. */
    private static String code(RawConnection.Answer answer) {
        if (answer.status() < 400 || answer.body().isEmpty()) {
            return "";
        }
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        return new JsonObject(answer.body()).getString("code");
    }

    /** Ids of messages the broker has, says the answer. */
    private static Set<String> confirmed(RawConnection.Answer answer, String head) {
        boolean noReceipt = head.contains("mode=oneway") || head.contains("mode=request");
        if (noReceipt || !Set.of(200, 202, 207).contains(answer.status())) {
            return Set.of();
        }
        var result = new JsonObject(answer.body());
        return result.containsKey("msgId")
                ? Set.of(result.getString("msgId"))
                : result.getJsonArray("results").stream()
                        .map(entry -> ((JsonObject) entry).getString("msgId"))
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet());
    }

    /** The id of a message that the answer says is stored, or may be. */
    private static Optional<String> told(RawConnection.Answer answer) {
        boolean stored = answer.status() < 300
                || answer.body().contains("\"stored\":true")
                || answer.body().contains("\"outcome\":\"unknown\"");
        return stored ? Optional.ofNullable(answer.headers().get("rocketmq-message-id")) : Optional.empty();
    }

    /** The bytes, and behind them a request that must never be one. */
    private static byte[] followed(byte[] request, String topic) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(request);
        all.writeBytes("POST /topics/%s/messages HTTP/1.1\r\nHost: gateway\r\nContent-Length: 6\r\n\r\nhidden"
                .formatted(topic)
                .getBytes(StandardCharsets.US_ASCII));
        return all.toByteArray();
    }

    /** How many messages of a batch may be stored for all the gateway knows. */
    private static int unknown(RawConnection.Answer answer) {
        return answer.body().split("\"outcome\":\"unknown\"", -1).length - 1;
    }

    private static String described(RandomRequests.Request request, long seed, int number) {
        return "request %d of -Dfuzz.seed=%d%n%s%s"
                .formatted(number, seed, request.head(), new String(request.body(), StandardCharsets.UTF_8));
    }
}
