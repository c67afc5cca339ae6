package dev.rocketgateway.subscription;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.fault.Faults;
import java.util.Optional;

/** What becomes of a message that cannot be delivered. */
public record DeadLetterPolicy(Mode mode, Optional<TopicName> topic) {

    /** The three ends. */
    public enum Mode {
        /** The broker moves it to {@code %DLQ%<group>}. */
        ROCKETMQ_DLQ,
        /** It is published to a topic, with the reason as properties. */
        TOPIC,
        /** It is given up. */
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
