package dev.rocketgateway.publish.send;

import static dev.rocketgateway.publish.send.SendingFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class MessageSendingTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final SendingFixture fixture = new SendingFixture();
    private final AtomicInteger onReleased = new AtomicInteger();

    private SendOutcome one(SendMode mode, Duration timeout) {
        return fixture.sending
                .one(message("a"), mode, timeout, onReleased::incrementAndGet)
                .join();
    }

    private List<SendOutcome> together(SendMode mode, Duration timeout, String... ids) {
        var messages = List.of(ids).stream().map(SendingFixture::message).toList();
        return fixture.sending
                .together(messages, mode, timeout, onReleased::incrementAndGet)
                .join();
    }

    private static GatewayException problem(SendOutcome outcome) {
        assertThat(outcome).isInstanceOf(SendOutcome.Failed.class);
        return ((SendOutcome.Failed) outcome).problem();
    }

    private static String id(SendOutcome outcome) {
        return ((SendOutcome.Stored) outcome).receipt().msgId();
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNC", "ASYNC"})
    void returnsTheReceiptOfAStoredMessageAndCountsIt(SendMode mode) {
        assertThat(id(one(mode, LONG))).isEqualTo("a");
        assertThat(fixture.admission.stored("SEND_OK")).isEqualTo(1);
        assertThat(onReleased).hasValue(1);
    }

    @Test
    void saysOfAOneWayMessageOnlyThatItWasHandedOver() {
        assertThat(one(SendMode.ONEWAY, LONG)).isEqualTo(new SendOutcome.HandedOver());
        assertThat(together(SendMode.ONEWAY, LONG, "a", "b"))
                .containsExactly(new SendOutcome.HandedOver(), new SendOutcome.HandedOver());
        assertThat(fixture.admission.stored("SEND_OK")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "TOPIC_NOT_FOUND, false, TOPIC_NOT_FOUND",
        "BROKER_BUSY, false, BROKER_BUSY",
        "UNAVAILABLE, true, BROKER_UNAVAILABLE",
        "TIMEOUT, false, BROKER_TIMEOUT",
        "INTERNAL, true, INTERNAL"
    })
    void turnsAFailureIntoAProblem(Reason reason, boolean maybeStored, ProblemType type) {
        fixture.behave(
                messages -> CompletableFuture.failedStage(new SendFailedException(reason, null, maybeStored, null)));

        for (var mode : SendMode.values()) {
            var problem = problem(one(mode, LONG));
            assertThat(problem.type()).isEqualTo(type);
            assertThat(problem.isOutcomeUnknown()).isEqualTo(maybeStored);
            assertThat(together(mode, LONG, "a", "b"))
                    .hasSize(2)
                    .allSatisfy(outcome -> assertThat(problem(outcome).type()).isEqualTo(type));
        }
        assertThat(onReleased).hasValue(6);
    }

    @ParameterizedTest
    @EnumSource
    void answersAndLetsGoAfterABugOfThePublisher(SendMode mode) {
        fixture.behave(messages -> {
            throw new IllegalStateException("a bug");
        });

        assertThat(problem(one(mode, LONG)).type()).isEqualTo(ProblemType.INTERNAL);
        assertThat(together(mode, LONG, "a", "b")).hasSize(2).allSatisfy(outcome -> {
            assertThat(problem(outcome).type()).isEqualTo(ProblemType.INTERNAL);
            assertThat(problem(outcome).isOutcomeUnknown()).isTrue();
        });
        assertThat(onReleased).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource
    void answersInTimeAndLetsGoWhenTheBrokerHasAnswered(SendMode mode) {
        var late = new CompletableFuture<List<SendReceipt>>();
        fixture.behave(messages -> late);

        var problem = problem(one(mode, SHORT));
        assertThat(problem.type()).isEqualTo(ProblemType.BROKER_TIMEOUT);
        assertThat(problem.isOutcomeUnknown()).isTrue();
        assertThat(onReleased).hasValue(0);

        late.complete(SendingFixture.receipts(List.of(message("a")), SendReceipt.Status.SEND_OK));
        assertThat(onReleased).hasValue(1);
        assertThat(fixture.admission.stored("SEND_OK"))
                .as("stored after the caller has gone")
                .isEqualTo(mode == SendMode.ONEWAY ? 0 : 1);
    }

    @ParameterizedTest
    @EnumSource
    void answersForSeveralInTimeAndLetsGoWhenTheBrokerHasAnswered(SendMode mode) {
        var late = new CompletableFuture<List<SendReceipt>>();
        fixture.behave(messages -> late);

        assertThat(together(mode, SHORT, "a", "b")).hasSize(2).allSatisfy(outcome -> {
            assertThat(problem(outcome).type()).isEqualTo(ProblemType.BROKER_TIMEOUT);
            assertThat(problem(outcome).isOutcomeUnknown()).isTrue();
        });
        assertThat(onReleased).hasValue(0);

        late.complete(SendingFixture.receipts(List.of(message("a"), message("b")), SendReceipt.Status.SEND_OK));
        assertThat(onReleased).hasValue(1);
        assertThat(fixture.admission.stored("SEND_OK")).isEqualTo(mode == SendMode.ONEWAY ? 0 : 2);
    }

    @Test
    void failsOnlyTheMessageThatTheBrokerRefuses() {
        fixture.behave(
                messages -> messages.stream().anyMatch(message -> message.id().equals("B"))
                        ? CompletableFuture.failedStage(new SendFailedException(Reason.ILLEGAL_MESSAGE))
                        : SendingFixture.stored(messages));

        var outcomes = together(SendMode.SYNC, LONG, "a", "B", "c");

        assertThat(id(outcomes.get(0))).isEqualTo("a");
        assertThat(problem(outcomes.get(1)).type()).isEqualTo(ProblemType.MESSAGE_TOO_LARGE);
        assertThat(id(outcomes.get(2))).isEqualTo("c");
    }

    @Test
    void keepsTheOutcomesThatAreKnownAtTheTimeout() {
        fixture.behave(messages -> {
            if (messages.size() > 1) {
                return CompletableFuture.failedStage(new SendFailedException(Reason.ILLEGAL_MESSAGE));
            }
            return messages.get(0).id().equals("b") ? new CompletableFuture<>() : SendingFixture.stored(messages);
        });

        var outcomes = together(SendMode.SYNC, Duration.ofSeconds(2), "a", "b");

        assertThat(id(outcomes.get(0))).isEqualTo("a");
        assertThat(problem(outcomes.get(1)).type()).isEqualTo(ProblemType.BROKER_TIMEOUT);
    }

    @Test
    void failsAMessageThatIsStoredLessSafelyThanRequired() {
        var strict = new SendingFixture("require-send-ok", "true");
        for (var each : List.of(fixture, strict)) {
            each.behave(messages -> CompletableFuture.completedStage(
                    SendingFixture.receipts(messages, SendReceipt.Status.SLAVE_NOT_AVAILABLE)));
        }

        assertThat(id(one(SendMode.SYNC, LONG))).isEqualTo("a");
        var problem = problem(
                strict.sending.one(message("a"), SendMode.SYNC, LONG, () -> {}).join());

        assertThat(problem.type()).isEqualTo(ProblemType.NOT_REPLICATED);
        assertThat(problem.isStored()).isTrue();
        assertThat(strict.admission.stored("SLAVE_NOT_AVAILABLE")).isEqualTo(1);
    }
}
