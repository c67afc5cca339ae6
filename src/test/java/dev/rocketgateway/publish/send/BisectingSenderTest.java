package dev.rocketgateway.publish.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.tracing.SendTraces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BisectingSenderTest {

    private final List<List<String>> calls = new ArrayList<>();

    @Test
    void sendsASingleOneAsItIs() {
        var messages = pending("a");

        new BisectingSender(refusing("nobody"), SendTraces.off())
                .send(messages, SendMode.SYNC)
                .join();

        assertThat(calls).containsExactly(List.of("a"));
        assertThat(messages.get(0).receipt().join().msgId()).isEqualTo("a");
    }

    @Test
    void findsTheOneThatIsRefusedByHalves() {
        var messages = pending("a", "b", "c", "D", "e", "f", "g", "h");

        new BisectingSender(refusing("D"), SendTraces.off())
                .send(messages, SendMode.ASYNC)
                .join();

        assertThat(calls)
                .containsExactly(
                        List.of("a", "b", "c", "D", "e", "f", "g", "h"),
                        List.of("a", "b", "c", "D"),
                        List.of("a", "b"),
                        List.of("c", "D"),
                        List.of("c"),
                        List.of("D"),
                        List.of("e", "f", "g", "h"));
        messages.forEach(message -> assertThat(message.receipt().isCompletedExceptionally())
                .as(message.message().id())
                .isEqualTo(message.message().id().equals("D")));
    }

    /** Whatever else went wrong would go wrong again, or has perhaps not gone wrong at all. */
    @ParameterizedTest
    @CsvSource({
        "ILLEGAL_MESSAGE, , false, true",
        "UNAVAILABLE, 1, false, true",
        "ILLEGAL_MESSAGE, , true, false",
        "UNAVAILABLE, 1, true, false",
        "UNAVAILABLE, 14, false, false",
        "UNAVAILABLE, , false, false",
        "TIMEOUT, , true, false",
        "BROKER_BUSY, 2, false, false",
        "DENIED, 16, false, false",
        "TOPIC_NOT_FOUND, 17, false, false",
        "INTERNAL, , false, false"
    })
    void sendsAgainOnlyWhatWasLookedAtAndNotStored(Reason reason, Integer code, boolean maybeStored, boolean again) {
        var failure = new SendFailedException(reason, code, maybeStored, null);
        var messages = pending("a", "b");

        new BisectingSender(failing(failure), SendTraces.off())
                .send(messages, SendMode.SYNC)
                .join();

        assertThat(calls).hasSize(again ? 3 : 1);
        assertThat(messages).allSatisfy(message -> assertThat(message.receipt()).isCompletedExceptionally());
    }

    @Test
    void givesUpOnABrokerThatHasOnlyErrors() {
        var messages = pending(IntStream.range(0, 256).mapToObj(String::valueOf).toArray(String[]::new));

        new BisectingSender(failing(new SendFailedException(Reason.UNAVAILABLE, 1, false, null)), SendTraces.off())
                .send(messages, SendMode.ASYNC)
                .join();

        assertThat(calls).hasSizeLessThan(100);
        assertThat(messages).allSatisfy(message -> assertThat(message.receipt()).isCompletedExceptionally());
    }

    @Test
    void doesNotSendAgainWhatNobodyWaitsForAnyMore() {
        var late = PendingSend.of(pending("late").get(0).message(), Duration.ZERO);
        var messages = List.of(pending("a").get(0), late, pending("C").get(0));

        new BisectingSender(refusing("C"), SendTraces.off())
                .send(messages, SendMode.SYNC)
                .join();

        assertThat(calls).containsExactly(List.of("a", "late", "C"), List.of("a"), List.of("C"));
        assertThat(late.receipt()).isCompletedExceptionally();
    }

    @Test
    void tellsEverybodyOfABug() {
        for (var messages : List.of(pending("a"), pending("a", "b"))) {
            new BisectingSender(
                            new Broker() {
                                @Override
                                CompletionStage<List<SendReceipt>> answer(List<OutgoingMessage> sent) {
                                    throw new IllegalStateException("a bug");
                                }
                            },
                            SendTraces.off())
                    .send(messages, SendMode.SYNC)
                    .join();

            assertThat(messages)
                    .allSatisfy(message -> assertThat(message.receipt()).isCompletedExceptionally());
        }
    }

    private Broker failing(SendFailedException failure) {
        return new Broker() {
            @Override
            CompletionStage<List<SendReceipt>> answer(List<OutgoingMessage> sent) {
                return CompletableFuture.failedStage(new CompletionException(failure));
            }
        };
    }

    private Broker refusing(String id) {
        return new Broker() {
            @Override
            CompletionStage<List<SendReceipt>> answer(List<OutgoingMessage> sent) {
                return sent.stream().anyMatch(message -> message.id().equals(id))
                        ? CompletableFuture.failedStage(new SendFailedException(Reason.ILLEGAL_MESSAGE))
                        : CompletableFuture.completedStage(sent.stream()
                                .map(message -> FakePublisher.stored(message)
                                        .toCompletableFuture()
                                        .join())
                                .toList());
            }
        };
    }

    private static List<PendingSend> pending(String... ids) {
        return Stream.of(ids)
                .map(id -> PendingSend.of(
                        new OutgoingMessage(
                                id,
                                new TopicName("t"),
                                new byte[] {1},
                                Optional.empty(),
                                List.of(),
                                Map.of(),
                                Optional.empty(),
                                Optional.empty()),
                        Duration.ofSeconds(3)))
                .toList();
    }

    private abstract class Broker extends FakePublisher {

        abstract CompletionStage<List<SendReceipt>> answer(List<OutgoingMessage> sent);

        @Override
        public CompletionStage<SendReceipt> send(OutgoingMessage message, Duration timeout) {
            return sendBatch(List.of(message), SendMode.SYNC, timeout).thenApply(receipts -> receipts.get(0));
        }

        @Override
        public CompletionStage<List<SendReceipt>> sendBatch(
                List<OutgoingMessage> messages, SendMode mode, Duration timeout) {
            calls.add(messages.stream().map(OutgoingMessage::id).toList());
            return answer(messages);
        }
    }
}
