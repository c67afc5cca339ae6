package dev.rocketgateway.subscription;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.fault.Faults;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Selects the messages of a subscription: topic, consumer group, filter, mode and start position. */
public record Source(TopicName topic, ConsumerGroup consumerGroup, Filter filter, Mode mode, StartFrom startFrom) {

    public Source {
        new Faults()
                .require(
                        !topic.isReserved(),
                        "source.topic",
                        "'%s' is reserved for RocketMQ itself; use another topic".formatted(topic))
                .throwIfAny();
    }

    /** How messages of one queue are delivered. */
    public enum Mode {
        /** Messages of one queue are delivered in parallel. */
        CONCURRENT,
        /** Messages of one queue are delivered one after the other; a message that fails stops its queue. */
        ORDERED
    }

    /**
     * Filter that the broker applies to the messages of the topic.
     *
     * @param expression for {@code TAG}, tags separated by {@code ||}, or {@code *}; for {@code SQL92}, a condition over properties
     */
    public record Filter(Type type, String expression) {

        static final int MAX_LENGTH = 4096;

        /** The language of the expression. {@code SQL92} needs {@code enablePropertyFilter} on the broker. */
        public enum Type {
            TAG,
            SQL92
        }

        /** Strips whitespace around the expression. Otherwise, RocketMQ would read a {@code *} with spaces as a tag. */
        public Filter {
            expression = expression.strip();
            new Faults()
                    .require(
                            !expression.isBlank(),
                            "source.filter.expression",
                            "must not be empty; use * to receive all messages")
                    .require(
                            expression.length() <= MAX_LENGTH,
                            "source.filter.expression",
                            "has more than %d characters".formatted(MAX_LENGTH))
                    .check("source.filter.expression", type == Type.TAG ? faultOfTags(expression) : null)
                    .throwIfAny();
        }

        /** Why a tag in the expression can never match, or null. */
        private static @Nullable String faultOfTags(String expression) {
            if (expression.isEmpty() || expression.equals("*")) {
                return null;
            }
            for (var part : expression.split("\\|\\|", -1)) {
                var tag = part.strip();
                if (tag.isEmpty()) {
                    return "has an empty tag; separate tags by ||, such as created || paid";
                }
                if (tag.indexOf('|') >= 0) {
                    return "has the tag '%s', which no message can have; separate tags by ||, such as created || paid"
                            .formatted(tag);
                }
                if (tag.equals("*")) {
                    return "has * among other tags; use * alone to receive all messages";
                }
                if (tag.chars().anyMatch(c -> c == 1 || c == 2)) {
                    return "has a tag with the character U+0001 or U+0002, which no tag of a message can contain";
                }
            }
            return null;
        }
    }

    /** Start position of a consumer group that has never consumed. A group that has consumed continues at its position. */
    public record StartFrom(Position position, Optional<Instant> timestamp) {

        /** The start positions. */
        public enum Position {
            LATEST,
            EARLIEST,
            TIMESTAMP
        }

        public StartFrom {
            new Faults()
                    .require(
                            (position == Position.TIMESTAMP) == timestamp.isPresent(),
                            "source.startFrom.timestamp",
                            "is required with position TIMESTAMP, and not allowed with another position")
                    .throwIfAny();
        }
    }
}
