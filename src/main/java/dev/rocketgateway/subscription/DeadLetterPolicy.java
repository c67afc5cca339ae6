package dev.rocketgateway.subscription;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.fault.Faults;
import java.util.Optional;

/** What the gateway does with a message that cannot be delivered. */
public record DeadLetterPolicy(Mode mode, Optional<TopicName> topic) {

    /** The dead-letter modes. */
    public enum Mode {
        /** The broker moves the message to {@code %DLQ%<group>}. */
        ROCKETMQ_DLQ,
        /** The gateway publishes the message to a topic, with the reason as properties. */
        TOPIC,
        /** The message is discarded. */
        DROP
    }

    public DeadLetterPolicy {
        new Faults()
                .require(
                        (mode == Mode.TOPIC) == topic.isPresent(),
                        "deadLetter.topic",
                        "is required with mode TOPIC, and not allowed with another mode")
                .require(
                        topic.isEmpty() || !topic.get().isReserved(),
                        "deadLetter.topic",
                        "'%s' is reserved for RocketMQ itself; use another topic"
                                .formatted(topic.map(TopicName::value).orElse("")))
                .throwIfAny();
    }
}
