package dev.rocketgateway.publish.admission;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.batch.BatchesResource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A window so long that nothing comes back during a test, and callers of many addresses. */
@ResourceLock("quarkus")
@QuarkusTest
@TestProfile(RateLimitsResourceTest.Rates.class)
class RateLimitsResourceTest {

    private static final int PER_CALLER = 3;
    private static final int PER_TOPIC = 5;

    /** What is tested. */
    public static class Rates implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "gateway.publish.rate-limit.per-caller",
                    String.valueOf(PER_CALLER),
                    "gateway.publish.rate-limit.per-topic",
                    String.valueOf(PER_TOPIC),
                    "gateway.publish.rate-limit.window",
                    "100h",
                    "quarkus.http.proxy.proxy-address-forwarding",
                    "true");
        }
    }

    private final FakePublisher publisher;
    private final InFlightLimit inFlight;
    private final MeterRegistry metrics;
    private final String topic = "t-" + UUID.randomUUID();

    RateLimitsResourceTest(FakePublisher publisher, InFlightLimit inFlight, MeterRegistry metrics) {
        this.publisher = publisher;
        this.inFlight = inFlight;
        this.metrics = metrics;
    }

    @BeforeEach
    void storeEverything() {
        publisher.behave(FakePublisher::stored);
    }

    @AfterEach
    void holdsNothing() {
        assertThat(inFlight.messages()).isZero();
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void tellsWhatIsAllowedAndWhatIsLeft() {
        publish("10.0.0.1")
                .statusCode(200)
                .header("RateLimit-Policy", "\"caller\";q=3;w=360000, \"topic\";q=5;w=360000")
                .header("RateLimit", "\"caller\";r=2;t=120000, \"topic\";r=4;t=72000");
    }

    @Test
    void refusesTheMessageThatIsOneTooManyForItsCaller() {
        for (int i = 0; i < PER_CALLER; i++) {
            publish("10.0.0.2").statusCode(200);
        }
        double before = limited("caller");

        publish("10.0.0.2")
                .statusCode(429)
                .body("code", equalTo("rate-limited"))
                .body("retryable", equalTo(true))
                .header("Retry-After", Integer::parseInt, greaterThan(100_000))
                .header("RateLimit", startsWith("\"caller\";r=0;t="));
        assertThat(limited("caller")).isEqualTo(before + 1);
        assertThat(publisher.published()).hasSize(PER_CALLER);

        publish("10.0.0.3").statusCode(200);
    }

    @Test
    void refusesTheMessageThatIsOneTooManyForItsTopicAndDoesNotCountItForItsCaller() {
        for (int i = 0; i < PER_TOPIC; i++) {
            publish("10.0.1." + i).statusCode(200);
        }

        publish("10.0.2.1")
                .statusCode(429)
                .body(
                        "detail",
                        equalTo(
                                "The rate of this topic is used up: 5 messages per 100h. Nothing was stored; try again after Retry-After."))
                .header("RateLimit", startsWith("\"caller\";r=3;t=0, \"topic\";r=0;t="));
    }

    @Test
    void countsEachMessageOfABatch() {
        batch("10.0.3.1", 2).statusCode(200).header("RateLimit", startsWith("\"caller\";r=1;"));

        batch("10.0.3.1", 2).statusCode(429).body("code", equalTo("rate-limited"));
        assertThat(publisher.published()).hasSize(2);
    }

    @Test
    void refusesABatchThatCanNeverPass() {
        batch("10.0.4.1", PER_CALLER + 1).statusCode(413).body("code", equalTo("batch-too-large"));
    }

    @Test
    void stopsAStreamWhoseWaitWouldBeLongerThanItsCallers() {
        given().urlEncodingEnabled(false)
                .contentType(BatchesResource.LINES)
                .header("X-Forwarded-For", "10.0.5.1")
                .body("a\nb\nc\nd\ne\n".getBytes(StandardCharsets.UTF_8))
                .post("/topics/" + topic + "/messages:batch?timeout=200ms")
                .then()
                .statusCode(207)
                .body("accepted", equalTo(PER_CALLER))
                .body("failed", equalTo(1))
                .body("stopped", equalTo(true))
                .body("results[3].code", equalTo("rate-limited"));
    }

    @Test
    void takesAddressesOfOneNetworkForOneCaller() {
        for (int i = 0; i < PER_CALLER; i++) {
            publish("2001:db8::" + i).statusCode(200);
        }

        publish("2001:db8::ffff").statusCode(429);
        publish("2001:db8:0:1::1").statusCode(200);
    }

    @Test
    void saysNothingOfRatesElsewhere() {
        given().get("/problems").then().statusCode(200).header("RateLimit", nullValue());
    }

    private ValidatableResponse publish(String address) {
        return given().header("X-Forwarded-For", address)
                .body("hello")
                .post("/topics/" + topic + "/messages")
                .then();
    }

    private ValidatableResponse batch(String address, int messages) {
        return given().urlEncodingEnabled(false)
                .contentType("application/json")
                .header("X-Forwarded-For", address)
                .body("{\"messages\":[%s]}"
                        .formatted(String.join(",", Collections.nCopies(messages, "{\"body\":\"a\"}"))))
                .post("/topics/" + topic + "/messages:batch")
                .then();
    }

    private double limited(String limit) {
        return metrics.counter("gateway.rate.limited", "limit", limit).count();
    }
}
