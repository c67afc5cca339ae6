package dev.rocketgateway.publish;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Describes a topic for publishers.
 *
 * @param queues the queues that accept messages or, if none does, the queues that can be read
 * @param publishable whether any queue accepts messages
 * @param messageType the declared type of message, in RocketMQ's terms; null if the topic declares none or the broker does not say
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
