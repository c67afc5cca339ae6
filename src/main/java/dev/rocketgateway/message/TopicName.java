package dev.rocketgateway.message;

import java.util.List;
import java.util.Set;

/**
 * A valid name of a topic to publish or subscribe to.
 *
 * <p>RocketMQ's {@code TopicValidator} has the same rule: letters, digits, {@code _ - % |}, at most 127 characters.
 */
public record TopicName(String value) {

    public static final int MAX_LENGTH = 127;

    /** The topics in RocketMQ's {@code TopicValidator.SYSTEM_TOPIC_SET}, and the topics with the broker's own state. */
    private static final Set<String> SYSTEM_TOPICS = Set.of(
            "TBW102",
            "SCHEDULE_TOPIC_XXXX",
            "BenchmarkTest",
            "RMQ_SYS_TRANS_HALF_TOPIC",
            "RMQ_SYS_TRACE_TOPIC",
            "RMQ_SYS_TRANS_OP_HALF_TOPIC",
            "TRANS_CHECK_MAX_TIME_TOPIC",
            "SELF_TEST_TOPIC",
            "OFFSET_MOVED_EVENT",
            "CHECKPOINT_TOPIC");

    private static final List<String> RESERVED_PREFIXES = List.of("%RETRY%", "%DLQ%", "rmq_sys_", "RMQ_SYS_", "%SYS%");

    /**
     * @throws IllegalArgumentException if RocketMQ would refuse the name; the message says why
     */
    public TopicName {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a topic name must not be empty");
        }
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("a topic name must have at most %d characters, but this one has %d"
                    .formatted(MAX_LENGTH, value.length()));
        }
        if (!hasLegalCharacters(value)) {
            throw new IllegalArgumentException(
                    "'%s' is not a valid topic name; use letters, digits, '_', '-', '%%' and '|'".formatted(value));
        }
    }

    /** Whether the string is a valid topic name. */
    public static boolean isLegal(String name) {
        return !name.isEmpty() && name.length() <= MAX_LENGTH && hasLegalCharacters(name);
    }

    /** Each message has a topic name to check, and a loop needs a fraction of the time of a regular expression. */
    private static boolean hasLegalCharacters(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-'
                || c == '%'
                || c == '|';
    }

    /** Whether RocketMQ itself owns the topic: system topics, retry topics and dead-letter topics. */
    public boolean isReserved() {
        if (SYSTEM_TOPICS.contains(value)) {
            return true;
        }
        for (String prefix : RESERVED_PREFIXES) {
            if (value.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return value;
    }
}
