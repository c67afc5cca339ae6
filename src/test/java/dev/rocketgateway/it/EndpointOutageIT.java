package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints that ask for a pause, or are gone for a while: nothing is sent, no attempt spent, nothing lost. */
class EndpointOutageIT {

    private static final Logger LOG = Logger.getLogger(EndpointOutageIT.class);
    private static final TestBroker BROKER = TestBroker.shared();

    /** How long an endpoint is away, in seconds. */
    private static final int OUTAGE = Integer.getInteger("outage", 20);

    private static final int MESSAGES = 100;

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private TestEndpoint endpoint;
    private GatewayProcess gateway;

    @AfterEach
    void stop() {
        gateway.close();
        endpoint.close();
    }

    private void subscribe(Map<String, String> settings) {
        var builder = GatewayProcess.connectedTo(BROKER).subscribing(name, topic, endpoint);
        settings.forEach((key, value) -> builder.with("gateway.subscriptions." + name + "." + key, value));
        gateway = builder.start();
        awaitState("running");
    }

    private void awaitState(String state) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> gateway.log().contains("subscription=" + name + " state=" + state));
    }

    /** An HTTP date seven seconds ahead, by the clock of a server that is an hour late. */
    private static Answer inSevenSecondsByAnotherClock() {
        var itsNow = Instant.now().minus(Duration.ofHours(1)).atOffset(ZoneOffset.UTC);
        return new Answer(
                429,
                Map.of(
                        "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(itsNow),
                        "Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(itsNow.plusSeconds(7))),
                "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"seconds", "date"})
    void sendsNothingForAsLongAsTheEndpointAsks(String form) {
        var first = form.equals("seconds")
                ? new Answer(429, Map.of("Retry-After", "7"), "")
                : inSevenSecondsByAnotherClock();
        endpoint = TestEndpoint.answering(first, Answer.of(200));
        subscribe(Map.of());
        BROKER.witness().send(topic, "first");
        var asked = Instant.now();
        // The endpoint knows of its answer before the gateway does.
        await().until(() -> gateway.log().contains("webhooks held subscription=" + name + " reason=retry_after"));

        IntStream.range(0, MESSAGES).forEach(i -> BROKER.witness().send(topic, "waiting " + i));
        var all = endpoint.await(1 + MESSAGES + 1);

        assertThat(all).hasSize(1 + MESSAGES + 1);
        assertThat(all.stream().skip(1).map(Request::at))
                .as("requests within the seven seconds")
                // The date has whole seconds, so its seven may be six and a bit.
                .allMatch(at -> !at.isBefore(asked.plusMillis(form.equals("seconds") ? 7_000 : 6_000)));
        assertThat(all.stream().filter(request -> request.text().startsWith("waiting")))
                .hasSize(MESSAGES)
                .allMatch(request -> request.header("rocketmq-delivery-attempt").equals("1"));
        assertThat(all.stream().filter(request -> request.text().equals("first")))
                .extracting(request -> request.header("rocketmq-delivery-attempt"))
                .containsExactly("1", "2");
    }

    @Test
    void parksWhileTheEndpointIsAwayAndDeliversEverythingAfterwards() throws InterruptedException {
        endpoint = TestEndpoint.answering(200);
        subscribe(Map.of(
                "circuit-breaker.open", "1s",
                "circuit-breaker.max-open", "4s",
                "circuit-breaker.park-after", "4s",
                "retry.max-attempts", "5"));
        BROKER.witness().send(topic, "before");
        endpoint.awaitBody("before");

        endpoint.goAway();
        var back = Instant.now().plusSeconds(OUTAGE);
        IntStream.range(0, MESSAGES).forEach(i -> BROKER.witness().send(topic, "during " + i));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.log().contains("webhooks held subscription=" + name + " reason=endpoint_failing"));
        awaitState("parked");
        await().atMost(Duration.ofSeconds(OUTAGE + 5)).until(() -> Instant.now().isAfter(back));
        var failed = failures();
        endpoint.comeBack();

        await().atMost(Duration.ofSeconds(90))
                .until(() -> endpoint.requests().stream()
                                .map(Request::text)
                                .distinct()
                                .count()
                        == 1 + MESSAGES);
        var requests = endpoint.requests();
        long duplicates = requests.size() - (1 + MESSAGES);
        var spent = requests.stream()
                .map(request -> Integer.parseInt(request.header("rocketmq-delivery-attempt")))
                .filter(attempt -> attempt > 1)
                .toList();
        LOG.infof(
                "outage=%ds messages=%d failedWebhooks=%d laterAttempts=%s duplicates=%d",
                OUTAGE, MESSAGES, failed, spent, duplicates);
        // Ten webhooks open the breaker, and as many as are in flight may fail beside them.
        assertThat(spent).hasSizeLessThanOrEqualTo(10 + 16).allMatch(attempt -> attempt <= 3);
        assertThat(duplicates).isLessThanOrEqualTo(16);
        assertThat(BROKER.count("%DLQ%GW-" + name)).isZero();
        await().until(() -> gateway.log().contains("webhooks released subscription=" + name));
    }

    private long failures() {
        return List.of(gateway.get("/q/metrics").body().split("\n")).stream()
                .filter(line -> line.startsWith("gateway_delivery_attempts_seconds_count{")
                        && line.contains(name)
                        && !line.contains("\"2xx\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
