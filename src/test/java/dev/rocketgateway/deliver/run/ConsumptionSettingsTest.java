package dev.rocketgateway.deliver.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.subscription.TestSubscriptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsumptionSettingsTest {

    private static MessageSource.Limits limits(String... settings) {
        return ConsumptionSettings.limits(TestSubscriptions.subscription("billing", settings));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 256})
    void aCallGetsOneMessageAndThereAreAsManyAsWebhooksMayBeUnderWay(int inFlight) {
        var limits = limits("delivery.max-in-flight", String.valueOf(inFlight));

        assertThat(limits.messagesPerCall()).isEqualTo(1);
        assertThat(limits.calls()).isEqualTo(inFlight);
        assertThat(limits.messages()).isEqualTo(inFlight);
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
}
