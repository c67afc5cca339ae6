package dev.rocketgateway.publish.recall;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import dev.rocketgateway.publish.MessageRecall.Outcome;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.admission.InFlightLimit;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ResourceLock("quarkus")
@QuarkusTest
class RecallResourceTest {

    private final FakeRecall recalls;
    private final InFlightLimit inFlight;

    RecallResourceTest(FakeRecall recalls, InFlightLimit inFlight) {
        this.recalls = recalls;
        this.inFlight = inFlight;
    }

    @AfterEach
    void holdsNothing() {
        await().untilAsserted(() -> assertThat(inFlight.messages()).isZero());
    }

    private ValidatableResponse recall(String query) {
        return given().delete("/topics/demo/messages/aGFuZGxl" + query).then();
    }

    @Test
    void answersThatTheBrokerHasTheRequest() {
        recalls.behave(() -> CompletableFuture.completedStage(new Outcome.Requested("M1")));

        recall("").statusCode(202).body("outcome", equalTo("requested")).body("msgId", equalTo("M1"));
    }

    @Test
    void refusesEveryOtherOutcome() {
        recalls.behave(() -> CompletableFuture.completedStage(new Outcome.Invalid("is wrong")));
        recall("")
                .statusCode(400)
                .body("errors[0].field", equalTo("recallHandle"))
                .body("errors[0].message", equalTo("is wrong"));

        recalls.behave(() -> CompletableFuture.completedStage(new Outcome.Due()));
        recall("").statusCode(409).body("code", equalTo("message-due"));

        recalls.behave(() -> CompletableFuture.completedStage(new Outcome.Disabled("broker-a")));
        recall("")
                .statusCode(403)
                .body("code", equalTo("recall-disabled"))
                .body("detail", containsString("recallMessageEnable=true"));
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC_NOT_FOUND, 404, topic-not-found, false",
        "BROKER_TOO_OLD,  409, broker-too-old, false",
        "DENIED,          403, broker-denied, false",
        "BROKER_BUSY,     429, broker-busy, true",
        "OVERLOADED,      429, overloaded, true",
        "UNAVAILABLE,     503, broker-unavailable, true",
        "TIMEOUT,         504, broker-timeout, true",
        "INTERNAL,        500, internal, false"
    })
    void translatesEachFailure(Reason reason, int status, String code, boolean retryable) {
        recalls.behave(() -> CompletableFuture.failedStage(new SendFailedException(reason)));

        recall("")
                .statusCode(status)
                .body("code", equalTo(code))
                .body("retryable", equalTo(retryable))
                .body("$", not(hasKey("outcome")));
    }

    /** The operator looks at the broker, not at the network. */
    @Test
    void tellsARefusalFromABrokerThatIsAway() {
        recalls.behave(
                () -> CompletableFuture.failedStage(new SendFailedException(Reason.UNAVAILABLE, 1, false, null)));

        recall("")
                .statusCode(503)
                .body(
                        "detail",
                        equalTo(
                                "The broker refused the recall with code 1, so the message was not recalled. Try again later."));
    }

    @Test
    void doesNotWaitLongerThanForASend() {
        var late = new CompletableFuture<Outcome>();
        recalls.behave(() -> late);

        recall("").statusCode(504).body("code", equalTo("broker-timeout")).body("outcome", equalTo("unknown"));

        assertThat(inFlight.messages()).as("until the broker has answered").isEqualTo(1);
        late.complete(new Outcome.Due());
    }

    @Test
    void refusesParametersBeforeItAsksTheBroker() {
        recalls.behave(() -> {
            throw new AssertionError("asked");
        });

        recall("?mode=async").statusCode(400).body("errors[0].field", equalTo("mode"));
    }

    @Test
    void holdsNothingAfterABug() {
        recalls.behave(() -> {
            throw new IllegalStateException("a bug");
        });

        recall("").statusCode(500).body("code", equalTo("internal"));
    }
}
