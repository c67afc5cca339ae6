package dev.rocketgateway.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.webhook.WebhookOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialFailuresTest {

    private static WebhookOutcome answer(String body) {
        return new WebhookOutcome.Answered(200, Optional.empty(), body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsTheIdsOfMessagesThatFailed() {
        var body = """
                {"note":{"itemIdentifier":"not this"},
                 "batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b","why":"x"}],
                 "itemIdentifier":"nor this"}""";

        assertThat(PartialFailures.in(answer(body))).containsExactlyInAnyOrder("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "OK",
                "{}",
                "[]",
                "\"batchItemFailures\"",
                "{\"batchItemFailures\":[]}",
                "{\"batchItemFailures\":null}",
                "{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"}",
                "{\"batchItemFailures\":[{\"itemIdentifier\":42}]}"
            })
    void takesEverythingElseForSuccess(String body) {
        assertThat(PartialFailures.in(answer(body))).isEmpty();
    }

    @Test
    void readsNoneFromWhatWasNotAnswered() {
        assertThat(PartialFailures.in(new WebhookOutcome.Failed(WebhookOutcome.Failure.RESET, "")))
                .isEmpty();
    }
}
