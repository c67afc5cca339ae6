package dev.rocketgateway.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MessageDeliveryTest {

    private final List<String> events = new ArrayList<>();
    private final DeliveryListener listener = new DeliveryListener() {
        @Override
        public void attemptStarted(String subscription) {
            events.add("started");
        }

        @Override
        public void attemptEnded(String subscription, ReceivedMessage message, WebhookOutcome outcome, Duration took) {
            events.add("ended " + outcome.label());
        }

        @Override
        public void deadLettered(String subscription, ReceivedMessage message, WebhookOutcome last) {
            events.add("dead-lettered " + last.label());
        }
    };

    private DeliveryVerdict deliver(int attempt, Function<WebhookMessage, CompletionStage<WebhookOutcome>> client) {
        var subscription = TestSubscriptions.subscription("billing", "retry.max-attempts", "3");
        var message = new ReceivedMessage(
                "id",
                "orders",
                new byte[1],
                Optional.empty(),
                List.of(),
                Map.of(),
                Instant.EPOCH,
                attempt,
                Optional.empty());
        return new MessageDelivery(subscription, client, new WebhookHeaders(), listener).handle(message);
    }

    private static Function<WebhookMessage, CompletionStage<WebhookOutcome>> answering(WebhookOutcome outcome) {
        return request -> CompletableFuture.completedStage(outcome);
    }

    private static WebhookOutcome answered(int status) {
        return new WebhookOutcome.Answered(status, Optional.empty(), new byte[0]);
    }

    /** The rows of {@link DeliveryVerdict}. */
    @ParameterizedTest
    @CsvSource({
        "200,ACK",
        "202,ACK",
        "204,ACK",
        "299,ACK",
        "199,RETRY",
        "300,RETRY",
        "302,RETRY",
        "400,RETRY",
        "410,RETRY",
        "429,RETRY",
        "500,RETRY",
        "503,RETRY"
    })
    void tellsTheBrokerWhatTheStatusMeans(int status, DeliveryVerdict verdict) {
        assertThat(deliver(1, answering(answered(status)))).isEqualTo(verdict);
        assertThat(events)
                .containsExactly("started", "ended " + answered(status).label());
    }

    @ParameterizedTest
    @EnumSource(WebhookOutcome.Cause.class)
    void retriesWhenNothingWasSent(WebhookOutcome.Cause cause) {
        assertThat(deliver(1, answering(new WebhookOutcome.Withheld(cause, ""))))
                .isEqualTo(DeliveryVerdict.RETRY);
    }

    @ParameterizedTest
    @EnumSource(WebhookOutcome.Failure.class)
    void retriesWhenThereIsNoAnswer(WebhookOutcome.Failure failure) {
        assertThat(deliver(1, answering(new WebhookOutcome.Failed(failure, ""))))
                .isEqualTo(DeliveryVerdict.RETRY);
    }

    @Test
    void saysThatTheLastAttemptWasTheLast() {
        deliver(2, answering(answered(500)));
        assertThat(events).doesNotContain("dead-lettered 5xx");

        assertThat(deliver(3, answering(answered(500)))).isEqualTo(DeliveryVerdict.RETRY);
        assertThat(events).endsWith("ended 5xx", "dead-lettered 5xx");
    }

    @Test
    void retriesWhenTheClientHasABug() {
        var verdict = deliver(1, request -> {
            throw new IllegalStateException("bug");
        });

        assertThat(verdict).isEqualTo(DeliveryVerdict.RETRY);
        assertThat(events).containsExactly("started", "ended other");
    }

    @Test
    void givesUpWhenItIsInterruptedAndKeepsTheFlag() {
        Thread.currentThread().interrupt();

        var verdict = deliver(1, request -> new CompletableFuture<>());

        assertThat(Thread.interrupted()).isTrue();
        assertThat(verdict).isEqualTo(DeliveryVerdict.RETRY);
        assertThat(events).containsExactly("started", "ended aborted");
    }
}
