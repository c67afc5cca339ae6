package dev.rocketgateway.look;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.check.TopicParameter;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;

/** Reads the {@code {topic}} of a path, for a caller who must be allowed to read the topic. */
public final class ReadableTopic {

    private ReadableTopic() {}

    /**
     * Reads the name of a topic and requires that the caller may read it.
     *
     * @throws GatewayException {@code invalid-request}, {@code topic-reserved} or {@code forbidden}
     */
    public static TopicName of(String text, Caller caller) {
        var topic = TopicParameter.read(text);
        caller.require(Permission.READ, topic);
        return topic;
    }

    /** The error if no broker has the topic. */
    public static GatewayException notFound(TopicName topic) {
        return GatewayException.of(
                ProblemType.TOPIC_NOT_FOUND, "Topic '%s' has no route on any broker.".formatted(topic));
    }
}
