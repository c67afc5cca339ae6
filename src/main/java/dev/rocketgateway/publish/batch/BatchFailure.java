package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.rocketgateway.problem.Problem;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The response to a batch of which no message was accepted.
 *
 * @param problem the common problem of the failures
 */
@Schema(
        name = "BatchProblem",
        description = "A problem. If each message failed on its own, the problem also has the fields of BatchReceipt.",
        requiredProperties = {"type", "title", "status", "detail", "instance", "code", "retryable", "requestId"})
record BatchFailure(
        @JsonUnwrapped Problem problem, @JsonUnwrapped BatchReceipt receipt) {}
