package dev.rocketgateway.look;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;

/** Reads the {@code {topic}} of a path, for a caller who must be allowed to read the topic. */
public final class TopicParameter {

    private TopicParameter() {}

    /**
     * Reads the name of a topic and requires that the caller may read it.
     *
     * @throws GatewayException {@code invalid-request}, {@code topic-reserved} or {@code forbidden}
     */
    public static TopicName readable(String text, Caller caller) {
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
        caller.require(Permission.READ, topic);
        return topic;
    }

    /** The error if no broker has the topic. */
    public static GatewayException notFound(TopicName topic) {
        return GatewayException.of(
                ProblemType.TOPIC_NOT_FOUND, "Topic '%s' has no route on any broker.".formatted(topic));
    }
}
