package dev.rocketgateway.publish.batch;

import static dev.rocketgateway.publish.send.SendingFixture.message;
import static dev.rocketgateway.publish.send.SendingFixture.ofGroup;
import static dev.rocketgateway.publish.send.SendingFixture.scheduled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.send.SendOutcome;
import dev.rocketgateway.publish.send.SendingFixture;
import dev.rocketgateway.tracing.SendTraces;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatchSendingTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final SendingFixture fixture = new SendingFixture();
    private final BatchSending sending = new BatchSending(fixture.sending, fixture.publisher, SendTraces.off());
    private final AtomicInteger onReleased = new AtomicInteger();
    private final Map<String, CompletableFuture<List<SendReceipt>>> answers = new ConcurrentHashMap<>();

    private CompletableFuture<List<SendOutcome>> send(Duration timeout, OutgoingMessage... messages) {
        return sending.send(List.of(messages), SendMode.SYNC, timeout, Context.root(), onReleased::incrementAndGet);
    }

    /** The broker answers only when the test says so. */
    private void waitForAnswers() {
        fixture.behave(messages -> answers.computeIfAbsent(messages.get(0).id(), id -> new CompletableFuture<>()));
    }

    private void store(String id) {
        answers.get(id).complete(SendingFixture.receipts(List.of(message(id)), SendReceipt.Status.SEND_OK));
    }

    private static List<String> texts(List<SendOutcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> outcome instanceof SendOutcome.Stored stored
                        ? stored.receipt().msgId()
                        : ((SendOutcome.Failed) outcome).problem().type().code())
                .toList();
    }

    @Test
    void sendsPiecesOfOneRequestAllAtOnce() {
        waitForAnswers();

        send(LONG, message("a"), message("b"), message("c"), message("d"), message("e"), message("f"), message("g"));

        assertThat(fixture.calls).containsExactly(List.of("a", "b", "c"), List.of("d", "e", "f"), List.of("g"));
    }

    @Test
    void sendsScheduledMessagesOneByOneAllAtOnce() {
        waitForAnswers();

        send(LONG, scheduled("a"), scheduled("b"), message("c"));

        assertThat(fixture.calls).containsExactly(List.of("a"), List.of("b"), List.of("c"));
    }

    @Test
    void sendsAMessageOfAGroupWhenTheOneBeforeIsStored() {
        waitForAnswers();
        var sent = send(LONG, ofGroup("g", "a"), ofGroup("h", "x"), ofGroup("g", "b"), ofGroup("g", "c"));
        assertThat(fixture.calls).containsExactly(List.of("a"), List.of("x"));

        store("a");
        assertThat(fixture.calls).last().isEqualTo(List.of("b"));
        store("b");
        store("c");
        assertThat(sent).isNotDone();
        store("x");

        assertThat(texts(sent.join())).containsExactly("a", "x", "b", "c");
    }

    @Test
    void sendsNothingMoreOfAGroupAfterAFailure() {
        fixture.behave(messages -> messages.get(0).id().equals("b")
                ? CompletableFuture.failedStage(new SendFailedException(Reason.BROKER_BUSY))
                : SendingFixture.stored(messages));

        var outcomes = send(
                        LONG, ofGroup("g", "a"), ofGroup("g", "b"), ofGroup("g", "c"), ofGroup("g", "d"), message("e"))
                .join();

        assertThat(texts(outcomes))
                .containsExactly("a", "broker-busy", "earlier-message-failed", "earlier-message-failed", "e");
        assertThat(fixture.calls).doesNotContain(List.of("c"), List.of("d"));
    }

    @Test
    void sendsNothingMoreOfAGroupAfterATimeout() {
        waitForAnswers();

        var outcomes = send(Duration.ofMillis(20), ofGroup("g", "a"), ofGroup("g", "b"))
                .join();

        assertThat(texts(outcomes)).containsExactly("broker-timeout", "earlier-message-failed");
        assertThat(onReleased).as("the client still holds one").hasValue(0);
        store("a");
        assertThat(onReleased).hasValue(1);
        assertThat(fixture.calls).hasSize(1);
    }

    @Test
    void returnsOutcomesInTheOrderOfTheMessages() {
        var outcomes = send(LONG, ofGroup("g", "a"), message("b"), scheduled("c"), message("d"), ofGroup("g", "e"))
                .join();

        assertThat(texts(outcomes)).containsExactly("a", "b", "c", "d", "e");
        assertThat(onReleased).hasValue(1);
    }

    @Test
    void lacksAnOutcomeOfAnyPieceUntilItsTimeout() {
        waitForAnswers();

        var sent = send(Duration.ofSeconds(2), message("a"), message("b"), message("c"), message("d"));
        store("d");

        assertThat(texts(sent.join())).containsExactly("broker-timeout", "broker-timeout", "broker-timeout", "d");
        assertThat(onReleased).hasValue(0);
    }

    @Test
    void putsTheRefusedEntriesInTheirPlaces() {
        var refused = new BatchEntry.Refused(GatewayException.of(ProblemType.MESSAGE_TOO_LARGE, "too large"));

        var outcomes = sending.sendValid(
                        List.of(
                                refused,
                                new BatchEntry.Valid(message("a")),
                                refused,
                                new BatchEntry.Valid(message("b"))),
                        SendMode.SYNC,
                        LONG,
                        Context.root(),
                        onReleased::incrementAndGet)
                .join();

        assertThat(texts(outcomes)).containsExactly("message-too-large", "a", "message-too-large", "b");
        assertThat(fixture.calls).containsExactly(List.of("a", "b"));
    }

    @Test
    void letsGoOfABatchWithoutAMessageToSend() {
        assertThat(send(LONG).join()).isEmpty();
        assertThat(onReleased).hasValue(1);
        assertThat(fixture.calls).isEmpty();
    }

    @Test
    void failsAndLetsGoAfterABug() {
        var broken = new BatchSending(
                fixture.sending,
                new FakePublisher() {
                    @Override
                    public int batchSize(OutgoingMessage message) {
                        throw new IllegalStateException("a bug");
                    }
                },
                SendTraces.off());

        var sent = broken.send(
                List.of(scheduled("a"), message("b")),
                SendMode.SYNC,
                LONG,
                Context.root(),
                onReleased::incrementAndGet);

        assertThatThrownBy(sent::join).hasRootCauseMessage("a bug");
        assertThat(onReleased).hasValue(1);
    }
}
