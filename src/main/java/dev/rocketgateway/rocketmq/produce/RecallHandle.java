package dev.rocketgateway.rocketmq.produce;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A recall handle, as brokers write it: the words {@code v1 topic broker time messageId} in URL-safe Base64. It is not signed, so
 * any part of it can be forged.
 *
 * @param topic name of the topic on the wire, with its namespace
 * @param dueAt when the message is due, in milliseconds since 1970
 */
record RecallHandle(String topic, String brokerName, long dueAt, String messageId) {

    private static final int MAX_LENGTH = 1024;

    private static final Pattern WORDS = Pattern.compile("v1 (\\S+) (\\S+) (\\d{1,15}) (\\S+)");

    /**
     * Reads a handle.
     *
     * @throws IllegalArgumentException with the fault, if the string is not a handle
     */
    static RecallHandle parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw notAHandle(null);
        }
        String decoded;
        try {
            decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(text)))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw notAHandle(e);
        }
        var words = WORDS.matcher(decoded);
        if (!words.matches()) {
            throw notAHandle(null);
        }
        return new RecallHandle(words.group(1), words.group(2), Long.parseLong(words.group(3)), words.group(4));
    }

    private static IllegalArgumentException notAHandle(Exception cause) {
        return new IllegalArgumentException(
                "is not a recall handle; use the recallHandle of the response to the publish request", cause);
    }
}
