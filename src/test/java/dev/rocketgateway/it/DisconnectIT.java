package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers who go away: what they held is given back, and nobody else notices. */
class DisconnectIT {

    private static final int CALLERS = 100;
    private static final String BODY = "x".repeat(50_000);

    private static TestBroker broker;
    private static GatewayProcess gateway;

    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
        gateway = GatewayProcess.connectedTo(broker)
                .with("gateway.publish.body-timeout", "5m")
                .start();
    }

    @AfterAll
    static void stopBroker() {
        gateway.close();
        broker.close();
    }

    @BeforeEach
    void start() {
        topic = broker.newTopic();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> gateway.publish(topic, "", "warm").statusCode() == 200);
    }

    @AfterEach
    void stop() {
        broker.repair();
    }

    @Test
    void holdsNothingForCallersWhoLeaveInTheMiddleOfTheirBody() throws IOException {
        leaveAfter(this::hold, post("/messages", "text/plain", BODY.length() + 1, BODY));
        assertHoldsNothing();
        leaveAfter(this::hold, post("/messages:batch", "application/json", BODY.length() + 1, BODY));
        assertHoldsNothing();
        leaveAfter(
                this::hold,
                post("/messages:batch", "application/x-ndjson", BODY.length() + 1, "line\n" + BODY.substring(5)));
        assertHoldsNothing();
    }

    @Test
    void holdsNothingForCallersWhoLeaveBeforeTheirAnswer() throws IOException {
        broker.freezeBroker();
        for (String mode : List.of("sync", "async", "oneway", "request")) {
            leaveAfter(this::take, post("/messages?timeout=1s&mode=" + mode, "text/plain", BODY.length(), BODY));
        }
        leaveAfter(
                this::take,
                post(
                        "/messages:batch?timeout=1s",
                        "application/x-ndjson",
                        BODY.length(),
                        "a\n".repeat(BODY.length() / 2)));
        broker.thawBroker();

        assertHoldsNothing();
    }

    /** Sends as much on many connections, and closes them once the gateway has it, without reading an answer. */
    private void leaveAfter(LongSupplier arrived, String request) throws IOException {
        long before = arrived.getAsLong();
        var callers = new ArrayList<Socket>();
        try {
            for (int i = 0; i < CALLERS; i++) {
                var caller = new Socket(gateway.root().getHost(), gateway.root().getPort());
                callers.add(caller);
                // Closing resets the connection, as a process does that is killed.
                caller.setSoLinger(true, 0);
                caller.getOutputStream().write(request.getBytes(US_ASCII));
            }
            await().until(() -> arrived.getAsLong() >= before + CALLERS);
        } finally {
            for (var caller : callers) {
                caller.close();
            }
        }
    }

    /** Messages the gateway holds. */
    private long hold() {
        return gauge("gateway_publish_in_flight");
    }

    /** Messages it has read to their end, ever. */
    private long take() {
        return gauge("gateway_publish_bytes_count");
    }

    private String post(String path, String contentType, int length, String body) {
        return "POST /topics/%s%s HTTP/1.1\r\nHost: gateway\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(topic, path, contentType, length, body);
    }

    private void assertHoldsNothing() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(gauge("gateway_publish_in_flight")).isZero();
            assertThat(gauge("gateway_publish_in_flight_size_bytes")).isZero();
        });
        assertThat(gateway.publish(topic, "", "still there").statusCode()).isEqualTo(200);
        assertThat(gateway.log()).doesNotContain("because of a bug", " ERROR ");
    }

    private long gauge(String name) {
        return gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.matches(name + "(_bytes)?(\\{.*})? .*"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
