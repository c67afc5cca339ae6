package dev.rocketgateway.publish;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import dev.rocketgateway.publish.SendFailedException.Reason;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can happen to a request that a broker cannot be made to do. */
@QuarkusTest
class ReplyPublicationTest {

    private final FakePublisher publisher;
    private final InFlightLimit inFlight;
    private final CompletableFuture<Void> stored = new CompletableFuture<>();
    private final CompletableFuture<ReplyMessage> reply = new CompletableFuture<>();

    ReplyPublicationTest(FakePublisher publisher, InFlightLimit inFlight) {
        this.publisher = publisher;
        this.inFlight = inFlight;
    }

    @BeforeEach
    void reply() {
        publisher.reply(message -> new PendingReply(stored, reply));
    }

    @AfterEach
    void holdsNothing() {
        assertThat(inFlight.messages()).isZero();
    }

    @Test
    void tellsWhetherTheBrokerHadStoredWhatNobodyRepliedTo() {
        stored.complete(null);

        request("200ms")
                .statusCode(504)
                .body("code", equalTo("reply-timeout"))
                .body("stored", equalTo(true))
                .body("$", not(hasKey("outcome")));
    }

    @Test
    void countsAMessageUntilTheClientHasLetGoOfIt() {
        request("200ms").statusCode(504).body("code", equalTo("broker-timeout")).body("outcome", equalTo("unknown"));

        assertThat(inFlight.messages()).isEqualTo(1);
        stored.completeExceptionally(new SendFailedException(Reason.TIMEOUT));
    }

    @Test
    void takesAReplyThatComesBeforeTheConfirmation() {
        reply.complete(replied("text/plain"));

        request("5s").statusCode(200).body(equalTo("pong"));

        assertThat(inFlight.messages()).isEqualTo(1);
        stored.complete(null);
    }

    @Test
    void tellsWhyTheBrokerRefused() {
        var refused = new SendFailedException(Reason.DENIED, 16, false, null);
        stored.completeExceptionally(refused);
        reply.completeExceptionally(refused);

        request("5s").statusCode(403).body("code", equalTo("broker-denied")).body("brokerCode", equalTo(16));
    }

    @Test
    void letsGoAfterABug() {
        publisher.reply(message -> {
            throw new IllegalStateException("a bug");
        });

        request("5s").statusCode(500).body("code", equalTo("internal"));
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain, text/plain",
        "no media type, application/octet-stream",
        "'a/b\r\nX: y', application/octet-stream"
    })
    void passesOnNoHeaderThatIsNone(String given, String answered) {
        stored.complete(null);
        reply.complete(replied(given));

        var answer = request("5s").statusCode(200).extract();

        assertThat(answer.header("X")).isNull();
        assertThat(answer.header("Content-Type")).startsWith(answered);
    }

    private static ReplyMessage replied(String contentType) {
        return new ReplyMessage(
                "pong".getBytes(StandardCharsets.UTF_8),
                Optional.empty(),
                List.of(),
                Map.of("contentType", contentType));
    }

    private static ValidatableResponse request(String timeout) {
        return given().body("ping")
                .post("/topics/demo/messages?mode=request&timeout=" + timeout)
                .then();
    }
}
