package dev.rocketgateway.problem.check;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;

/** Reads the {@code {topic}} of a path. */
public final class TopicParameter {

    private TopicParameter() {}

    /**
     * Reads and checks the name of a topic.
     *
     * @throws GatewayException {@code invalid-request} if the text is not a topic name, {@code topic-reserved} if it names a topic
     *     of RocketMQ itself
     */
    public static TopicName read(String text) {
        TopicName topic;
        try {
            topic = new TopicName(text);
        } catch (IllegalArgumentException e) {
            throw GatewayException.invalid("topic", String.valueOf(e.getMessage()));
        }
        if (topic.isReserved()) {
            throw GatewayException.of(
                    ProblemType.TOPIC_RESERVED,
                    "Topic '%s' is reserved for RocketMQ itself; use another name.".formatted(topic));
        }
        return topic;
    }
}
