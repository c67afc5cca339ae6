package dev.rocketgateway.publish.single;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.admission.InFlightLimit;
import io.quarkus.test.junit.QuarkusTest;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock("quarkus")
@QuarkusTest
class MessagesResourceTest {

    private final FakePublisher publisher;
    private final InFlightLimit inFlight;

    MessagesResourceTest(FakePublisher publisher, InFlightLimit inFlight) {
        this.publisher = publisher;
        this.inFlight = inFlight;
    }

    @BeforeEach
    void behaveWell() {
        publisher.behave(FakePublisher::stored);
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC_NOT_FOUND,404,topic-not-found,false",
        "TYPE_MISMATCH,409,message-type-mismatch,false",
        "BROKER_TOO_OLD,409,broker-too-old,false",
        "DENIED,403,broker-denied,false",
        "ILLEGAL_MESSAGE,413,message-too-large,false",
        "BROKER_BUSY,429,broker-busy,true",
        "OVERLOADED,429,overloaded,true",
        "UNAVAILABLE,503,broker-unavailable,true",
        "TIMEOUT,504,broker-timeout,true",
        "INTERNAL,500,internal,false",
    })
    void answersEveryReasonWithItsProblem(Reason reason, int status, String code, boolean retryable) {
        publisher.behave(message -> CompletableFuture.failedStage(
                new SendFailedException(reason, 99, false, new IllegalStateException("10.1.2.3:10911"))));

        for (String mode : new String[] {"sync", "async", "oneway"}) {
            given().body("x")
                    .post("/topics/demo/messages?mode=" + mode)
                    .then()
                    .statusCode(status)
                    .contentType("application/problem+json")
                    .header("Retry-After", status == 429 || status == 503 ? equalTo("1") : nullValue())
                    .header("RocketMQ-Message-Id", equalTo(publisher.nextMessageId()))
                    .body("code", equalTo(code))
                    .body("retryable", equalTo(retryable))
                    .body("brokerCode", equalTo(99))
                    .body("outcome", nullValue())
                    .body("detail", not(containsString("10.1.2.3")));
        }
    }

    /** A broker gives one code for all it finds illegal, and another for all that fails. */
    @ParameterizedTest
    @CsvSource({
        "mode=sync,ILLEGAL_MESSAGE,13,413,too large",
        "delayLevel=3,ILLEGAL_MESSAGE,13,413,too large",
        "delay=5s,ILLEGAL_MESSAGE,13,400,scheduled further in the future",
        "mode=sync,UNAVAILABLE,1,503,refused the message with code 1",
        "delayLevel=3,UNAVAILABLE,1,503,refused the message with code 1",
        "delay=5s,UNAVAILABLE,1,503,timer",
    })
    void saysWhatTheBrokersTimerMayHaveAgainstIt(String query, Reason reason, int code, int status, String detail) {
        publisher.behave(message -> CompletableFuture.failedStage(new SendFailedException(reason, code, false, null)));

        given().body("x")
                .post("/topics/demo/messages?" + query)
                .then()
                .statusCode(status)
                .body("detail", containsString(detail));
    }

    @Test
    void saysThatTheOutcomeIsUnknownWhenItIs() {
        publisher.behave(message ->
                CompletableFuture.failedStage(new SendFailedException(Reason.UNAVAILABLE, null, true, null)));

        given().body("x")
                .post("/topics/demo/messages")
                .then()
                .statusCode(503)
                .body("outcome", equalTo("unknown"))
                .body("brokerCode", nullValue());
    }

    @ParameterizedTest
    @EnumSource(SendReceipt.Status.class)
    void answersSuccessForWhateverIsStored(SendReceipt.Status status) {
        publisher.behave(message -> FakePublisher.stored(message, status));

        given().body("x")
                .post("/topics/demo/messages")
                .then()
                .statusCode(200)
                .body("sendStatus", equalTo(status.name()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async", "oneway"})
    void answersInTimeWhenThePublisherDoesNotAndKeepsThePermitUntilItDoes(String mode) {
        var never = new CompletableFuture<SendReceipt>();
        publisher.behave(message -> never);

        given().body("x")
                .post("/topics/demo/messages?timeout=50ms&mode=" + mode)
                .then()
                .statusCode(504)
                .body("outcome", equalTo("unknown"));

        assertThat(inFlight.messages()).isEqualTo(1);
        never.completeExceptionally(new SendFailedException(Reason.TIMEOUT));
        await().until(() -> inFlight.messages() == 0 && inFlight.bytes() == 0);
    }

    @Test
    void givesThePermitBackWhenThePublisherThrows() {
        publisher.behave(message -> {
            throw new IllegalStateException("bug at 10.1.2.3");
        });

        given().body("x")
                .post("/topics/demo/messages")
                .then()
                .statusCode(500)
                .body("code", equalTo("internal"))
                .body("detail", not(containsString("10.1.2.3")));

        await().until(() -> inFlight.messages() == 0 && inFlight.bytes() == 0);
    }

    @Test
    void givesThePermitBackWhenTheRequestIsRefused() {
        given().post("/topics/demo/messages").then().statusCode(400);

        assertThat(inFlight.messages()).isZero();
        assertThat(publisher.published()).isEmpty();
    }
}
