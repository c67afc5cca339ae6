package dev.rocketgateway.publish;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The broker's confirmation of a stored message. Its fields have the names of RocketMQ's {@code SendResult}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "SendResult",
        description = "Where and how the message was stored.",
        requiredProperties = {"sendStatus", "msgId", "messageQueue", "queueOffset", "traceOn"})
public record SendReceipt(
        Status sendStatus,

        @Schema(description = "Unique id of the message.", examples = "7F0000012B6A18B4AAC24F1A2B3C0000")
        String msgId,

        @Schema(description = "Id that the broker makes of its address and the commit log offset.") @Nullable
        String offsetMsgId,

        Queue messageQueue,

        @Schema(description = "Position in the queue.", examples = "41")
        long queueOffset,

        @Nullable String transactionId,

        @Schema(examples = "DefaultRegion") @Nullable String regionId,
        boolean traceOn,

        @Schema(description = "Handle for recalling a timed message, if the broker returns one.") @Nullable
        String recallHandle) {

    /** Whether the message is stored as safely as the broker's configuration requires. With every value, the message is stored. */
    @Schema(name = "SendStatus")
    public enum Status {
        SEND_OK,
        FLUSH_DISK_TIMEOUT,
        FLUSH_SLAVE_TIMEOUT,
        SLAVE_NOT_AVAILABLE
    }

    /** The queue that holds the message. */
    @Schema(
            name = "MessageQueue",
            requiredProperties = {"topic", "brokerName", "queueId"})
    public record Queue(
            @Schema(examples = "demo") String topic,
            @Schema(examples = "broker-a") String brokerName,
            @Schema(examples = "2") int queueId) {}
}
