package dev.rocketgateway.deliver.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WebhookHeadersTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123Z");
    private final WebhookHeaders headers = new WebhookHeaders("billing", 17, true);

    private static ReceivedMessage message(Map<String, String> properties, int attempt) {
        return new ReceivedMessage(
                "7F.00",
                "orders",
                new byte[] {1},
                Optional.empty(),
                List.of(),
                Optional.empty(),
                properties,
                NOW.minusSeconds(1),
                attempt,
                attempt == 1 ? Optional.of(new ReceivedMessage.Position("broker-a", 3, 41)) : Optional.empty(),
                Optional.empty());
    }

    @Test
    void tellsTheLeast() {
        assertThat(headers.of(message(Map.of(), 1)))
                .isEqualTo(Map.ofEntries(
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
        assertThat(PayloadFormat.idOf(List.of(message(Map.of(), 1)))).isEqualTo("7F_00");
    }

    @Test
    void tellsThePlaceOnTheFirstAttemptOnly() {
        assertThat(headers.of(message(Map.of(), 2)))
                .containsEntry("rocketmq-delivery-attempt", "2")
                .doesNotContainKeys("rocketmq-broker", "rocketmq-queue-id", "rocketmq-queue-offset");
    }

    /** Names of headers are the same in capitals, and those of properties are not. */
    @Test
    void keepsPropertiesApartThatDifferInCapitalsOnly() {
        var named = headers.of(message(Map.of("Tenant", "1", "tenant", "2", "TENANT", "3", "other", "4"), 1));

        var received = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        received.putAll(named);
        assertThat(received).hasSize(named.size());
        assertThat(received)
                .containsEntry("rocketmq-prop-TENANT", "3")
                .containsEntry("rocketmq-prop-other", "4")
                .containsEntry("rocketmq-prop-%54%65%6E%61%6E%74", "1")
                .containsEntry("rocketmq-prop-%74%65%6E%61%6E%74", "2");
    }

    @Test
    void letsNoPropertyAddOrBreakAHeader() {
        var told =
                headers.of(message(Map.of("a\r\nEvil: x", "1\r\nEvil: y", "contentType", "text/html\r\nEvil: z"), 1));

        assertThat(told.keySet()).allMatch(name -> name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+"));
        assertThat(told.values()).allMatch(value -> value.matches("[\\x20-\\x7E]*"));
        assertThat(told).containsEntry("rocketmq-prop-a%0D%0AEvil%3A%20x", "1%0D%0AEvil: y");
    }

    @Test
    void keepsQuotesInAMediaType() {
        var message = message(Map.of("contentType", "multipart/form-data; boundary=\"x y\""), 1);

        assertThat(WebhookHeaders.contentType(message)).isEqualTo("multipart/form-data; boundary=\"x y\"");
    }

    @Test
    void takesUnknownBytesForBytes() {
        assertThat(WebhookHeaders.contentType(message(Map.of(), 1))).isEqualTo("application/octet-stream");
    }

    @Test
    void leavesPropertiesOutWhereTheyAreNotWanted() {
        var told = new WebhookHeaders("billing", 17, false).of(message(Map.of("tenant", "acme"), 1));

        assertThat(told).doesNotContainKey("rocketmq-prop-tenant").containsKey("rocketmq-topic");
    }

    @Test
    void tellsOfSeveralWhatTheyShare() {
        assertThat(headers.of(List.of(message(Map.of(), 1), message(Map.of(), 2))))
                .isEqualTo(Map.of(
                        "rocketmq-subscription", "billing",
                        "rocketmq-topic", "orders",
                        "rocketmq-batch-size", "2",
                        "rocketmq-max-attempts", "17"));
    }

    @Test
    void saysWhenItLeavesPropertiesOut() {
        var properties = new HashMap<String, String>();
        for (int i = 10; i < 30; i++) {
            properties.put("p" + i, "v".repeat(1000));
        }

        var told = headers.of(message(properties, 1));

        assertThat(told).containsEntry("rocketmq-props-truncated", "true").containsKey("rocketmq-prop-p10");
        assertThat(told).doesNotContainKey("rocketmq-prop-p29");
    }
}
