package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.rocketgateway.problem.Problem;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The answer to a batch of which no message got through.
 *
 * @param problem the failures' common one
 */
@Schema(
        name = "BatchProblem",
        description = "A problem; if it concerns each message on its own, with the members of BatchResult too.",
        requiredProperties = {"type", "title", "status", "detail", "instance", "code", "retryable", "requestId"})
record BatchFailure(
        @JsonUnwrapped Problem problem, @JsonUnwrapped BatchReceipt receipt) {}
