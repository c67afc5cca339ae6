package dev.rocketgateway.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.webhook.WebhookOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialFailuresTest {

    private static final PartialFailures NONE = new PartialFailures.Named(Set.of());

    private static WebhookOutcome answer(String body) {
        return new WebhookOutcome.Answered(200, Optional.empty(), body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsTheIdsOfMessagesThatFailed() {
        var body = """
                {"note":{"itemIdentifier":"not this"},
                 "batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b","why":"x"}],
                 "itemIdentifier":"nor this"}""";

        assertThat(PartialFailures.in(answer(body))).isEqualTo(new PartialFailures.Named(Set.of("a", "b")));
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
                "{\"other\":[{\"itemIdentifier\":\"a\"}"
            })
    void takesEverythingElseForSuccess(String body) {
        assertThat(PartialFailures.in(answer(body))).isEqualTo(NONE);
    }

    @Test
    void takesNumbersForIdsToo() {
        assertThat(PartialFailures.in(answer("{\"batchItemFailures\":[{\"itemIdentifier\":42}]}")))
                .isEqualTo(new PartialFailures.Named(Set.of("42")));
    }

    @Test
    void doesNotGuessWhatWasCutOff() {
        assertThat(PartialFailures.in(answer("{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"},{\"item")))
                .isEqualTo(new PartialFailures.Unreadable());
    }

    @Test
    void readsNoneFromWhatWasNotAnswered() {
        assertThat(PartialFailures.in(new WebhookOutcome.Failed(WebhookOutcome.Failure.RESET, "")))
                .isEqualTo(NONE);
    }
}
