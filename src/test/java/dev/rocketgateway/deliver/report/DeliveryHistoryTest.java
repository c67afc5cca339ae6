package dev.rocketgateway.deliver.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.subscription.SubscriptionStatus.LastFailure;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryHistoryTest {

    /** As the list of attempts and its filter have it. */
    @ParameterizedTest
    @CsvSource({"400,4xx", "503,5xx", "302,redirect_not_followed", "799,5xx"})
    void namesTheLastFailureAsTheAttemptsDo(int status, String outcome) {
        var history = new DeliveryHistory();

        history.attempted(new DeliveryAttempt(
                "hook",
                Messages.message("m1", 1),
                new WebhookOutcome.Answered(status, Optional.empty(), new byte[0]),
                Duration.ofMillis(1),
                DeliveryVerdict.RETRY,
                Optional.empty(),
                ""));

        assertThat(history.of("hook").lastFailure())
                .get()
                .extracting(LastFailure::outcome, LastFailure::detail)
                .containsExactly(outcome, "the endpoint answered " + status);
    }
}
