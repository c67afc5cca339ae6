package dev.rocketgateway.publish.batch;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.admission.InFlightLimit;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker can say to a batch, and cannot be made to. */
@ResourceLock("quarkus")
@QuarkusTest
class BatchesResourceTest {

    private final FakePublisher publisher;
    private final InFlightLimit inFlight;

    BatchesResourceTest(FakePublisher publisher, InFlightLimit inFlight) {
        this.publisher = publisher;
        this.inFlight = inFlight;
    }

    @AfterEach
    void holdsNothing() {
        assertThat(inFlight.messages()).isZero();
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void sendsEachForItselfWhenTheBrokerFindsOneIllegal() {
        publisher.behave(message -> text(message).equals("b") ? failed(Reason.ILLEGAL_MESSAGE) : stored(message));

        request("application/json")
                .body("{\"messages\":[{\"body\":\"a\"},{\"body\":\"b\"},{\"body\":\"c\"}]}")
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(207)
                .body("accepted", equalTo(2))
                .body("results.status", contains(200, 413, 200));
    }

    @Test
    void stopsAGroupAtTheFirstFailure() {
        publisher.behave(message -> text(message).equals("2") ? failed(Reason.TIMEOUT) : stored(message));

        request("application/json")
                .body("{\"messages\":[%s,%s,%s,{\"body\":\"4\",\"messageGroup\":\"other\"}]}"
                        .formatted(grouped("1"), grouped("2"), grouped("3")))
                .post("/topics/demo/messages:batch?mode=async")
                .then()
                .statusCode(207)
                .body("results.status", contains(202, 504, 424, 202));
        assertThat(publisher.published().stream().map(BatchesResourceTest::text))
                .containsOnlyOnce("1", "2", "4");
    }

    @Test
    void waitsForABusyBrokerWhileAStreamIsComing() {
        var tries = new AtomicInteger();
        publisher.behave(message -> tries.incrementAndGet() <= 4 ? failed(Reason.BROKER_BUSY) : stored(message));

        request(BatchesResource.LINES)
                .body("a\nb\n".getBytes(StandardCharsets.UTF_8))
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(200)
                .body("accepted", equalTo(2));
        assertThat(tries.get()).isEqualTo(6);
    }

    @Test
    void givesUpOnABrokerThatStaysBusy() {
        publisher.behave(message -> failed(Reason.BROKER_BUSY));

        request(BatchesResource.LINES)
                .body("a\nb\n".getBytes(StandardCharsets.UTF_8))
                .post("/topics/demo/messages:batch?timeout=200ms")
                .then()
                .statusCode(429)
                .header("Retry-After", "1")
                .body("code", equalTo("broker-busy"))
                .body("$", not(hasKey("stopped")));
    }

    @Test
    void saysWhenItHasNotReadEverything() {
        publisher.behave(message -> failed(Reason.DENIED));

        request(BatchesResource.LINES)
                .body("a\n".repeat(3000).getBytes(StandardCharsets.UTF_8))
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(403)
                .body("failed", equalTo(1000))
                .body("stopped", equalTo(true));
    }

    @Test
    void letsGoOfEverythingAfterABug() {
        publisher.behave(message -> {
            throw new IllegalStateException("a bug");
        });

        request("application/json")
                .body("{\"messages\":[{\"body\":\"a\"},%s]}".formatted(grouped("b")))
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(500)
                .body("code", equalTo("internal"));
        request(BatchesResource.LINES)
                .body("a\nb\n".getBytes(StandardCharsets.UTF_8))
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(500);
    }

    @Test
    void answersInTimeAndLetsGoWhenTheClientDoes() {
        var late = new CompletableFuture<SendReceipt>();
        publisher.behave(message -> late);

        request("application/json")
                .body("{\"messages\":[{\"body\":\"a\"},{\"body\":\"b\"}]}")
                .post("/topics/demo/messages:batch?timeout=100ms")
                .then()
                .statusCode(504)
                .body("results.outcome", contains("unknown", "unknown"));
        assertThat(inFlight.messages()).isEqualTo(2);
        late.completeExceptionally(new SendFailedException(Reason.TIMEOUT));
    }

    @Test
    void tellsThreeDifferentReasonsByTheGravest() {
        publisher.behave(message -> failed(List.of(Reason.TIMEOUT, Reason.UNAVAILABLE, Reason.DENIED)
                .get(text(message).charAt(0) - 'a')));

        request("application/json")
                .body("{\"messages\":[%s,%s,%s]}".formatted(timed("a"), timed("b"), timed("c")))
                .post("/topics/demo/messages:batch")
                .then()
                .statusCode(504)
                .body("results.status", contains(504, 503, 403));
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages:batch", "messages%3Abatch", "messages%3abatch"})
    void hasAColonInItsPathHoweverItIsWritten(String path) {
        publisher.behave(BatchesResourceTest::stored);

        request("application/json")
                .body("{\"messages\":[{\"body\":\"a\",\"tag\":\"t\"}]}")
                .post("/topics/demo/" + path + "?mode=async&timeout=2s")
                .then()
                .statusCode(202)
                .header("X-Request-Id", notNullValue());
        request("application/json")
                .body("{}")
                .post("/topics/demo/" + path + "?a=%3A")
                .then()
                .statusCode(400)
                .body("detail", startsWith("a: "));
    }

    private static RequestSpecification request(String contentType) {
        // The colon of the path is to stay as it is.
        return given().urlEncodingEnabled(false).contentType(contentType);
    }

    private static String grouped(String body) {
        return "{\"body\":\"%s\",\"messageGroup\":\"g\"}".formatted(body);
    }

    private static String timed(String body) {
        return "{\"body\":\"%s\",\"delayLevel\":1}".formatted(body);
    }

    private static CompletionStage<SendReceipt> stored(OutgoingMessage message) {
        return FakePublisher.stored(message);
    }

    private static CompletionStage<SendReceipt> failed(Reason reason) {
        return CompletableFuture.failedStage(new SendFailedException(reason));
    }

    private static String text(OutgoingMessage message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }
}
