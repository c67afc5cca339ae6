package dev.rocketgateway.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WebhookHeadersTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123Z");
    private final WebhookHeaders headers = new WebhookHeaders();

    private static ReceivedMessage message(Map<String, String> properties, int attempt) {
        return new ReceivedMessage(
                "7F.00",
                "orders",
                new byte[] {1},
                Optional.empty(),
                List.of(),
                properties,
                NOW.minusSeconds(1),
                attempt,
                attempt == 1 ? Optional.of(new ReceivedMessage.Position("broker-a", 3, 41)) : Optional.empty());
    }

    @Test
    void tellsTheLeast() {
        assertThat(headers.of(message(Map.of(), 1), "billing", 17))
                .isEqualTo(Map.ofEntries(
                        Map.entry("Content-Type", "application/octet-stream"),
                        Map.entry("rocketmq-subscription", "billing"),
                        Map.entry("rocketmq-topic", "orders"),
                        Map.entry("rocketmq-message-id", "7F.00"),
                        Map.entry("rocketmq-born-timestamp", "2026-11-22T09:59:59.123Z"),
                        Map.entry("rocketmq-delivery-attempt", "1"),
                        Map.entry("rocketmq-max-attempts", "17"),
                        Map.entry("rocketmq-broker", "broker-a"),
                        Map.entry("rocketmq-queue-id", "3"),
                        Map.entry("rocketmq-queue-offset", "41")));
    }

    @Test
    void givesAnIdWithoutADot() {
        assertThat(WebhookHeaders.webhookId(message(Map.of(), 1))).isEqualTo("7F_00");
    }

    @Test
    void tellsThePlaceOnTheFirstAttemptOnly() {
        assertThat(headers.of(message(Map.of(), 2), "billing", 17))
                .containsEntry("rocketmq-delivery-attempt", "2")
                .doesNotContainKeys("rocketmq-broker", "rocketmq-queue-id", "rocketmq-queue-offset");
    }

    @Test
    void letsNoPropertyAddOrBreakAHeader() {
        var told = headers.of(
                message(Map.of("a\r\nEvil: x", "1\r\nEvil: y", "contentType", "text/html\r\nEvil: z"), 1), "s", 1);

        assertThat(told.keySet()).allMatch(name -> name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+"));
        assertThat(told.values()).allMatch(value -> value.matches("[\\x20-\\x7E]*"));
        assertThat(told).containsEntry("rocketmq-prop-a%0D%0AEvil%3A%20x", "1%0D%0AEvil: y");
    }

    @Test
    void keepsQuotesInAMediaType() {
        var told = headers.of(message(Map.of("contentType", "multipart/form-data; boundary=\"x y\""), 1), "s", 1);

        assertThat(told).containsEntry("Content-Type", "multipart/form-data; boundary=\"x y\"");
    }

    @Test
    void saysWhenItLeavesPropertiesOut() {
        var properties = new HashMap<String, String>();
        for (int i = 10; i < 30; i++) {
            properties.put("p" + i, "v".repeat(1000));
        }

        var told = headers.of(message(properties, 1), "s", 1);

        assertThat(told).containsEntry("rocketmq-props-truncated", "true").containsKey("rocketmq-prop-p10");
        assertThat(told).doesNotContainKey("rocketmq-prop-p29");
    }
}
