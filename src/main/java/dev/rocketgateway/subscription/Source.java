package dev.rocketgateway.subscription;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import java.time.Instant;
import java.util.Optional;

/** Which messages, and in which way they are consumed. */
public record Source(TopicName topic, ConsumerGroup consumerGroup, Filter filter, Mode mode, StartFrom startFrom) {

    public Source {
        new Faults()
                .require(!topic.isReserved(), "source.topic", "'%s' belongs to RocketMQ itself".formatted(topic))
                .throwIfAny();
    }

    /** How messages of one queue are delivered. */
    public enum Mode {
        /** Beside each other. */
        CONCURRENT
    }

    /**
     * Which messages of the topic, in the broker's terms.
     *
     * @param expression tags separated by {@code ||}, or {@code *}; or a condition over properties
     */
    public record Filter(Type type, String expression) {

        static final int MAX_LENGTH = 4096;

        /** The language of the expression. {@code SQL92} needs {@code enablePropertyFilter} on the broker. */
        public enum Type {
            TAG,
            SQL92
        }

        public Filter {
            new Faults()
                    .require(!expression.isBlank(), "source.filter.expression", "must not be empty; * takes all")
                    .require(
                            expression.length() <= MAX_LENGTH,
                            "source.filter.expression",
                            "has more than %d characters".formatted(MAX_LENGTH))
                    .throwIfAny();
        }
    }

    /** Where a group that has never consumed begins; one that has goes on where it was. */
    public record StartFrom(Position position, Optional<Instant> timestamp) {

        /** The three places to begin. */
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
                            "goes with position TIMESTAMP, and only with it")
                    .throwIfAny();
        }
    }
}
