package dev.rocketgateway.subscription.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.webhook.WebhookOutcome;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AttemptOutcomeTest {

    @Test
    void knowsEveryOutcomeOfAWebhook() {
        var labels = Stream.of(
                        IntStream.range(100, 1000)
                                .mapToObj(status -> new WebhookOutcome.Answered(status, Optional.empty(), new byte[0])),
                        Arrays.stream(WebhookOutcome.Failure.values())
                                .map(failure -> new WebhookOutcome.Failed(failure, "")),
                        Arrays.stream(WebhookOutcome.Cause.values())
                                .map(cause -> new WebhookOutcome.Withheld(cause, "")))
                .flatMap(outcomes -> outcomes)
                .map(WebhookOutcome::label)
                .distinct();

        assertThat(AttemptOutcome.LABELS).containsAll(labels.toList());
    }
}
