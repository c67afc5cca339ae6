package dev.rocketgateway.deliver.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.subscription.TestSubscriptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsumptionSettingsTest {

    private static MessageSource.Limits limits(String... settings) {
        return ConsumptionSettings.limits(TestSubscriptions.subscription("billing", settings));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "7,1", "8,1", "16,2", "64,8", "128,16", "256,32"})
    void aCallGetsAnEighthOfWhatMayBeUnderWayAndNoMoreThanTheBrokerGives(int inFlight, int messages) {
        var limits = limits("delivery.max-in-flight", String.valueOf(inFlight));

        assertThat(limits.messagesPerCall()).isEqualTo(messages);
        assertThat(limits.calls()).isEqualTo(inFlight);
        assertThat(limits.messages()).isEqualTo(inFlight);
    }

    @Test
    void aCallGetsOneMessageWhereEachWaitsForItsTime() {
        assertThat(limits("delivery.rate-per-second", "100").messagesPerCall()).isEqualTo(1);
    }

    /** Calls of several that are there already would go one after the other, for longer than the client lets them. */
    @Test
    void receivesAnewWhenARateComesOrGoes() {
        var fast = TestSubscriptions.subscription("billing");
        var slow = TestSubscriptions.subscription("billing", "delivery.rate-per-second", "1");
        var slower = TestSubscriptions.subscription("billing", "delivery.rate-per-second", "0.5");

        assertThat(slow.consumesLike(fast)).isFalse();
        assertThat(fast.consumesLike(slow)).isFalse();
        assertThat(slower.consumesLike(slow)).isTrue();
    }

    @Test
    void aCallGetsABatch() {
        var limits = limits("payload.format", "JSON", "batch.max-messages", "8", "delivery.max-in-flight", "64");

        assertThat(limits.messagesPerCall()).isEqualTo(8);
        assertThat(limits.messages()).isEqualTo(8 * 64);
    }

    @Test
    void aCallGetsOneMessageWhileTheEndpointIsProbed() {
        var subscription = TestSubscriptions.subscription("billing");

        assertThat(ConsumptionSettings.of(subscription, 1, Duration.ZERO, false)
                        .limits()
                        .messagesPerCall())
                .isEqualTo(1);
        assertThat(ConsumptionSettings.of(subscription, 16, Duration.ZERO, false)
                        .limits()
                        .messagesPerCall())
                .isEqualTo(2);
    }
}
