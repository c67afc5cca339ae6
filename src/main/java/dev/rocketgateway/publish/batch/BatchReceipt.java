package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch.
 *
 * @param results in the request's order; in the answer to a long stream the failed ones only
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "BatchResult",
        requiredProperties = {"accepted", "failed", "results"})
record BatchReceipt(
        @Schema(description = "Messages that were stored; with mode=oneway, handed to the network.")
        long accepted,

        @Schema(description = "Messages that failed.") long failed,

        @Schema(description = "Whether reading stopped before the end, at a message the broker did not take.") @Nullable
        Boolean stopped,

        @Schema(description = "Each message in order; for a stream longer than max-batch-messages, failures only.")
        List<BatchResult> results) {}
