package dev.rocketgateway.message;

import java.util.regex.Pattern;

/**
 * The legal name of a consumer group.
 *
 * <p>RocketMQ allows 120 characters, but the group's retry and dead-letter topics ({@code %RETRY%<group>}) must fit the
 * 127 of a topic name with room to spare, so the gateway stops at 100.
 */
public record ConsumerGroup(String value) {

    public static final int MAX_LENGTH = 100;

    private static final Pattern LEGAL = Pattern.compile("[%|a-zA-Z0-9_-]+");

    /**
     * @throws IllegalArgumentException if the name is not legal; the message says why
     */
    public ConsumerGroup {
        if (value.length() > MAX_LENGTH || !LEGAL.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'%2$s' is not a valid consumer group; use 1 to %1$d letters, digits, '_', '-', '%%' and '|'"
                            .formatted(MAX_LENGTH, value));
        }
    }

    /** The topic the broker moves a message to when its attempts are used up. */
    public String deadLetterTopic() {
        return "%DLQ%" + value;
    }

    /** The topic the broker redelivers failed messages from. */
    public String retryTopic() {
        return "%RETRY%" + value;
    }

    @Override
    public String toString() {
        return value;
    }
}
