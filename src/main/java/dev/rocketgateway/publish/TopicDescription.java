package dev.rocketgateway.publish;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What publishers may want to know of a topic.
 *
 * @param queues those that take messages or, if none does, those that can be read
 * @param publishable whether any queue takes messages
 * @param messageType what the topic is declared for, as RocketMQ calls it; null if it is not, or the broker does not tell
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Topic",
        requiredProperties = {"topic", "queues", "publishable"})
public record TopicDescription(
        @Schema(examples = "demo") String topic,
        List<Queue> queues,
        boolean publishable,

        @Schema(
                description = "The only type of message that the topic accepts, if the topic declares one.",
                examples = "FIFO")
        @Nullable
        String messageType) {

    /** A queue of the topic. */
    @Schema(
            name = "TopicQueue",
            requiredProperties = {"brokerName", "queueId"})
    public record Queue(
            @Schema(examples = "broker-a") String brokerName,
            @Schema(examples = "2") int queueId) {}
}
