package dev.rocketgateway.message;

import java.util.regex.Pattern;

/**
 * A valid name of a consumer group.
 *
 * <p>RocketMQ allows 120 characters, but the group's retry and dead-letter topics ({@code %RETRY%<group>}) must fit into the 127
 * characters of a topic name, so the gateway allows 100.
 */
public record ConsumerGroup(String value) {

    public static final int MAX_LENGTH = 100;

    private static final Pattern LEGAL = Pattern.compile("[%|a-zA-Z0-9_-]+");

    /**
     * @throws IllegalArgumentException if the name is not valid; the message says why
     */
    public ConsumerGroup {
        if (value.length() > MAX_LENGTH || !LEGAL.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "'%2$s' is not a valid consumer group; use 1 to %1$d letters, digits, '_', '-', '%%' and '|'"
                            .formatted(MAX_LENGTH, value));
        }
    }

    /** The topic to which the broker moves a message when its attempts are used up. */
    public String deadLetterTopic() {
        return "%DLQ%" + value;
    }

    /** The topic from which the broker redelivers failed messages. */
    public String retryTopic() {
        return "%RETRY%" + value;
    }

    /** The topic from which the broker redelivers messages that workers took with leases and did not acknowledge. */
    public String leaseRetryTopic(TopicName topic) {
        return "%RETRY%" + value + "_" + topic.value();
    }

    @Override
    public String toString() {
        return value;
    }
}
