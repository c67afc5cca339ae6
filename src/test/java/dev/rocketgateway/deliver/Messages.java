package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages as a group receives them. */
public final class Messages {

    public static final Instant BORN = Instant.parse("2026-11-22T11:59:59.871Z");

    private Messages() {}

    public static ReceivedMessage message(String id, int attempt) {
        return message(id, attempt, "hello".getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** One that cannot be sent because of a bug. */
    public static ReceivedMessage broken(String id) {
        return new ReceivedMessage(
                id,
                "orders",
                new byte[1],
                null,
                List.of(),
                Optional.empty(),
                Map.of(),
                BORN,
                1,
                Optional.empty(),
                Optional.empty());
    }

    public static ReceivedMessage message(String id, int attempt, byte[] body, Map<String, String> properties) {
        return new ReceivedMessage(
                id,
                "orders",
                body,
                Optional.of("created"),
                List.of("order-42"),
                Optional.empty(),
                properties,
                BORN,
                attempt,
                Optional.of(new ReceivedMessage.Position("broker-a", 2, 41)),
                Optional.empty());
    }
}
