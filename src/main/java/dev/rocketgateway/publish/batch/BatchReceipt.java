package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The response to a batch.
 *
 * @param results in the order of the request; for a long stream, failures only
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "BatchResult",
        requiredProperties = {"accepted", "failed", "results"})
record BatchReceipt(
        @Schema(description = "Number of messages that were stored; with mode=oneway, handed to the network.")
        long accepted,

        @Schema(description = "Number of messages that failed.")
        long failed,

        @Schema(
                description =
                        "Whether the gateway stopped before the end of the body, at a message that the broker did not accept.")
        @Nullable
        Boolean stopped,

        @Schema(
                description =
                        "The result of each message, in order. For a stream with more messages than max-batch-messages, "
                                + "failures only.")
        List<BatchResult> results) {}
