package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.ManyConnections;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Far more callers than there is memory for, and a broker that does not answer. */
@Isolated("it loads the machine")
class OverloadIT {

    private static final Logger LOG = Logger.getLogger(OverloadIT.class);

    private static final int CONNECTIONS = 2000;
    private static final int BODY_BYTES = 1 << 20;

    private static TestBroker broker;

    private GatewayProcess gateway;
    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() {
        topic = broker.newTopic();
        gateway = GatewayProcess.connectedTo(broker)
                // With 2,000 callers on the processors of the gateway, some read a refusal later than after 1 s, the
                // default, and
                // then the connection is reset.
                .with("gateway.http.linger", "10s")
                .withJvmOption("-Xmx256m")
                .withJvmOption("-XX:+ExitOnOutOfMemoryError")
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        broker.repair();
    }

    @Test
    void refusesWhatItCannotHoldAndServesAgainWhenTheBrokerDoes() {
        assertThat(gateway.publish(topic, "", "before").statusCode()).isEqualTo(200);
        broker.freezeBroker();

        var answers = ManyConnections.post(
                gateway.root(),
                paths("", "?mode=async", "?mode=request"),
                BODY_BYTES,
                CONNECTIONS,
                Duration.ofSeconds(10));
        broker.thawBroker();

        LOG.infof("overload connections=%d answers=%s", CONNECTIONS, answers);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> gateway.publish(topic, "", "after").statusCode() == 200);
        assertThat(answers.keySet()).isSubsetOf(200, 202, 429, 503, 504);
        assertThat(answers.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThanOrEqualTo(CONNECTIONS);
        assertThat(gateway.log()).doesNotContain("OutOfMemory", "because of a bug");
    }

    /** The client remembers who waits for a reply, and must not remember the message too. */
    @Test
    void holdsNoMessagesForRepliesNobodyWaitsFor() {
        var answers = ManyConnections.post(
                gateway.root(), paths("?mode=request&timeout=5ms"), BODY_BYTES, 8, Duration.ofSeconds(10));

        LOG.infof("requests nobody replies to answers=%s", answers);
        assertThat(answers.keySet()).isSubsetOf(429, 504);
        assertThat(answers.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThan(500);
        assertThat(gateway.log()).doesNotContain("OutOfMemory", "because of a bug");
        assertThat(gateway.publish(topic, "", "after").statusCode()).isEqualTo(200);
    }

    @Test
    void holdsNoMessagesForCallersWhoHaveLeft() throws IOException {
        var request =
                "POST /topics/%s/messages?mode=request&timeout=30s HTTP/1.1\r\nHost: gateway\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(topic, BODY_BYTES, "x".repeat(BODY_BYTES))
                        .getBytes(StandardCharsets.US_ASCII);

        for (int round = 1; round <= 30; round++) {
            var callers = new ArrayList<Socket>();
            try {
                for (int i = 0; i < 20; i++) {
                    var caller =
                            new Socket(gateway.root().getHost(), gateway.root().getPort());
                    callers.add(caller);
                    caller.getOutputStream().write(request);
                }
                int stored = 20 * round;
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(broker.count(topic))
                        .as("stored, of %d sent", stored)
                        .isGreaterThanOrEqualTo(stored));
            } finally {
                for (var caller : callers) {
                    caller.close();
                }
            }
        }

        await().untilAsserted(
                        () -> assertThat(gateway.publish(topic, "", "after").statusCode())
                                .as(gateway.log())
                                .isEqualTo(200));
        assertThat(gateway.log()).doesNotContain("OutOfMemory", "because of a bug");
    }

    private List<String> paths(String... queries) {
        return Arrays.stream(queries)
                .map(query -> "/topics/" + topic + "/messages" + query)
                .toList();
    }
}
