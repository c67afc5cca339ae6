package dev.rocketgateway.publish.single;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.PendingReply;
import dev.rocketgateway.publish.ReplyMessage;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.admission.InFlightLimit;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can happen to a request that a broker cannot be made to do. */
@ResourceLock("quarkus")
@QuarkusTest
class RequestReplyResourceTest {

    private final FakePublisher publisher;
    private final InFlightLimit inFlight;
    private final MeterRegistry metrics;
    private final CompletableFuture<SendReceipt> stored = new CompletableFuture<>();
    private final CompletableFuture<ReplyMessage> reply = new CompletableFuture<>();
    private final CountDownLatch forgotten = new CountDownLatch(1);

    RequestReplyResourceTest(FakePublisher publisher, InFlightLimit inFlight, MeterRegistry metrics) {
        this.publisher = publisher;
        this.inFlight = inFlight;
        this.metrics = metrics;
    }

    @BeforeEach
    void reply() {
        publisher.reply(message -> new PendingReply(stored, reply, forgotten::countDown));
    }

    @AfterEach
    void holdsNothing() {
        // The answer is handed to the network a moment before that.
        await().untilAsserted(() -> {
            assertThat(inFlight.messages()).isZero();
            assertThat(inFlight.bytes()).isZero();
        });
    }

    @Test
    void tellsWhetherTheBrokerHadStoredWhatNobodyRepliedTo() {
        stored.complete(receipt(SendReceipt.Status.SEND_OK));

        request("200ms")
                .statusCode(504)
                .body("code", equalTo("reply-timeout"))
                .body("stored", equalTo(true))
                .body("$", not(hasKey("outcome")));
        assertThat(forgotten.getCount()).isZero();
    }

    /** A test instance of the service asks for no more than stored, so any status does. */
    @Test
    void countsTheStatusOfTheRequest() {
        double before = stored(SendReceipt.Status.FLUSH_SLAVE_TIMEOUT);
        stored.complete(receipt(SendReceipt.Status.FLUSH_SLAVE_TIMEOUT));
        reply.complete(replied("text/plain"));

        request("5s").statusCode(200);

        assertThat(stored(SendReceipt.Status.FLUSH_SLAVE_TIMEOUT)).isEqualTo(before + 1);
    }

    private double stored(SendReceipt.Status status) {
        return metrics.counter("gateway.send.status", "status", status.name()).count();
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
        stored.complete(receipt(SendReceipt.Status.SEND_OK));
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
        "text/plain;charset=UTF-8, text/plain;charset=UTF-8",
        "no media type, application/octet-stream",
        "'a/b\r\nX: y', application/octet-stream",
        "text/*, application/octet-stream",
        "*/*, application/octet-stream",
        "'a/b;\"', application/octet-stream",
        "a / b, application/octet-stream",
        "Zürich/plain, application/octet-stream",
    })
    void replacesAnInvalidContentTypeOfTheReply(String given, String answered) {
        stored.complete(receipt(SendReceipt.Status.SEND_OK));
        reply.complete(replied(given));

        var answer = request("5s").statusCode(200).extract();

        assertThat(answer.header("X")).isNull();
        assertThat(answer.header("Content-Type")).startsWith(answered);
    }

    private static SendReceipt receipt(SendReceipt.Status status) {
        return new SendReceipt(
                status, "M1", null, new SendReceipt.Queue("demo", "broker-a", 0), 0, null, null, false, null);
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
