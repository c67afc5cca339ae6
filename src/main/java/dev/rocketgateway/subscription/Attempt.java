package dev.rocketgateway.subscription;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One attempt to deliver one message, and what came of it.
 *
 * @param attempt which delivery of the message, counted from 1
 * @param outcome label: {@code 2xx}, {@code 5xx}, {@code timeout}, …
 * @param decision {@code ACK}, {@code RETRY}, {@code DEAD_LETTER}, {@code PAUSE} or {@code HOLD}
 * @param detail what happened, for people; may be empty
 * @param response the beginning of the response's body; may be empty
 */
public record Attempt(
        String subscription,
        String messageId,
        String topic,
        int attempt,
        Instant at,
        Duration took,
        String outcome,
        OptionalInt status,
        String decision,
        Optional<Duration> retryIn,
        String detail,
        String response) {

    /** What is kept of a response. */
    public static final int MAX_RESPONSE_BYTES = 2048;

    private static final int MAX_DETAIL_LENGTH = 500;

    /** Cuts response and detail to what is kept, and leaves out what a database cannot store. */
    public Attempt {
        detail = clipped(detail.replace('\0', '\uFFFD'), MAX_DETAIL_LENGTH);
        response = clippedToBytes(response.replace('\0', '\uFFFD'));
    }

    /** Whether the endpoint took the message. */
    public boolean succeeded() {
        return decision.equals("ACK");
    }

    private static String clipped(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }

    private static String clippedToBytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_RESPONSE_BYTES) {
            return text;
        }
        int end = MAX_RESPONSE_BYTES;
        // Not in the middle of a character.
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
