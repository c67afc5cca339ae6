package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Endpoints that ask for a pause, or are gone for a while: nothing is sent, no attempt spent, nothing lost. */
class EndpointOutageIT {

    private static final Logger LOG = Logger.getLogger(EndpointOutageIT.class);
    private static final TestBroker BROKER = TestBroker.shared();

    /** How long an endpoint is away, in seconds. */
    private static final int OUTAGE = Integer.getInteger("outage", 20);

    private static final int MESSAGES = 100;

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);
    private TestEndpoint endpoint;

    @AfterEach
    void stop() {
        subscriptions.delete(name, "");
        if (endpoint != null) {
            endpoint.close();
        }
    }

    private void subscribe(String url, Object... members) {
        subscriptions.createFromEarliest(name, topic, url, members);
    }

    private void awaitState(String state) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> gateway.log().contains("subscription=" + name + " state=" + state));
    }

    @Test
    void sendsNothingForAsLongAsTheEndpointAsks() {
        endpoint = TestEndpoint.answering(new Answer(429, Map.of("Retry-After", "7"), ""), Answer.of(200));
        subscribe(endpoint.url());
        BROKER.witness().send(topic, "first");
        var asked = awaitRetryAfter();

        IntStream.range(0, MESSAGES).forEach(i -> BROKER.witness().send(topic, "waiting " + i));
        var all = endpoint.await(1 + MESSAGES + 1);

        assertThat(all).hasSize(1 + MESSAGES + 1);
        assertThat(all.stream().skip(1).map(Request::at))
                .as("requests within the seven seconds")
                .allMatch(at -> !at.isBefore(asked.plusMillis(6_500)));
        assertThat(all.stream().filter(request -> request.text().startsWith("waiting")))
                .hasSize(MESSAGES)
                .allMatch(request -> request.header("rocketmq-delivery-attempt").equals("1"));
        assertThat(all.stream().filter(request -> request.text().equals("first")))
                .extracting(request -> request.header("rocketmq-delivery-attempt"))
                .containsExactly("1", "2");
    }

    @Test
    void takesADateByTheClockOfTheEndpoint() {
        var times = new CopyOnWriteArrayList<Instant>();
        var attempts = new CopyOnWriteArrayList<String>();
        try (var anHourLate = HostileEndpoint.behaving(HostileEndpoint.answering(request -> {
            times.add(Instant.now());
            attempts.add(request.text() + " " + request.header("rocketmq-delivery-attempt"));
            var itsNow = Instant.now().minus(Duration.ofHours(1));
            return times.size() == 1
                    ? HostileEndpoint.response(
                            429, "", "Date", date(itsNow), "Retry-After", date(itsNow.plusSeconds(7)))
                    : HostileEndpoint.response(200, "");
        }))) {
            subscribe(anHourLate.url().toString());
            BROKER.witness().send(topic, "first");
            var asked = awaitRetryAfter();

            IntStream.range(0, MESSAGES).forEach(i -> BROKER.witness().send(topic, "waiting"));
            await().atMost(Duration.ofSeconds(40)).until(() -> times.size() == 1 + MESSAGES + 1);

            assertThat(times.subList(1, times.size())).allMatch(at -> !at.isBefore(asked.plusMillis(6_500)));
            assertThat(attempts)
                    .contains("first 1", "first 2")
                    .filteredOn("waiting 1"::equals)
                    .hasSize(MESSAGES);
        }
    }

    private Instant awaitRetryAfter() {
        // From before the gateway knew of the answer; the endpoint knows even earlier.
        var asked = Instant.now();
        await().until(() -> gateway.log().contains("webhooks held subscription=" + name + " reason=retry_after"));
        return asked;
    }

    /** As HTTP writes it (RFC 9110, section 5.6.7). */
    private static String date(Instant time) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                .withZone(ZoneOffset.UTC)
                .format(time);
    }

    @Test
    void parksWhileTheEndpointIsAwayAndDeliversEverythingAfterwards() throws InterruptedException {
        endpoint = TestEndpoint.answering(200);
        subscribe(
                endpoint.url(),
                "circuitBreaker.open",
                "1s",
                "circuitBreaker.maxOpen",
                "4s",
                "circuitBreaker.parkAfter",
                "4s",
                "retry.maxAttempts",
                5);
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
