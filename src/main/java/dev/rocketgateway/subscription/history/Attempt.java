package dev.rocketgateway.subscription.history;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One attempt to deliver one message, and its outcome.
 *
 * @param attempt number of the delivery of this message, from 1
 * @param outcome label: {@code 2xx}, {@code 5xx}, {@code timeout}, …
 * @param verdict {@code ACK}, {@code RETRY}, {@code DEAD_LETTER}, {@code PAUSE} or {@code HOLD}
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
        String verdict,
        Optional<Duration> retryIn,
        String detail,
        String response) {

    /** Maximum stored size of a response. */
    public static final int MAX_RESPONSE_BYTES = 2048;

    private static final int MAX_DETAIL_LENGTH = 500;

    private static final int MAX_ID_LENGTH = 255;

    /** Cuts response and detail to their stored sizes, and replaces characters that a database cannot store. */
    public Attempt {
        messageId = storedId(messageId);
        detail = clipped(detail.replace('\0', '\uFFFD'), MAX_DETAIL_LENGTH);
        response = clippedToBytes(response.replace('\0', '\uFFFD'));
    }

    /** Whether the endpoint accepted the message. */
    public boolean succeeded() {
        return verdict.equals("ACK");
    }

    /**
     * The stored form of a message id. If the id is too long for the database or has characters that the database cannot store, a
     * digest of the whole id replaces its end. Producers can set such ids.
     */
    public static String storedId(String messageId) {
        if (messageId.length() <= MAX_ID_LENGTH && messageId.indexOf('\0') < 0) {
            return messageId;
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(messageId.getBytes(StandardCharsets.UTF_8));
            var hex = HexFormat.of().formatHex(digest);
            return clipped(messageId.replace('\0', '\uFFFD'), MAX_ID_LENGTH - hex.length()) + hex;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime does not have SHA-256", e);
        }
    }

    private static String clipped(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        // Not in the middle of a character.
        int end = Character.isHighSurrogate(text.charAt(length - 2)) ? length - 2 : length - 1;
        return text.substring(0, end) + "…";
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
