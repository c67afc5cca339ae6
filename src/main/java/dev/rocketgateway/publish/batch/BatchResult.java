package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.send.SendOutcome;
import io.vertx.ext.web.RoutingContext;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The result of one message of a batch, for the caller.
 *
 * @param status status as for a single message with this outcome; for a failed message, the status of the problem
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "BatchMessageResult",
        description = "The result of one message: it has the fields of SendResult if the message was stored, and of "
                + "Problem if not.",
        requiredProperties = {"index", "status"})
record BatchResult(
        @Schema(description = "Index of the message in the request, from 0.")
        int index,

        @Schema(description = "200 or 202: stored. 204: handed to the network. Otherwise the status of the problem.")
        @Nullable
        Integer status,

        @JsonUnwrapped @Nullable SendReceipt receipt,
        @JsonUnwrapped @Nullable Problem problem) {

    static BatchResult of(int index, SendOutcome outcome, SendMode mode, RoutingContext context) {
        if (outcome instanceof SendOutcome.Stored stored) {
            return new BatchResult(index, mode.status(), stored.receipt(), null);
        }
        if (outcome instanceof SendOutcome.Failed failed) {
            return new BatchResult(index, null, null, ProblemAnswers.document(context, failed.problem()));
        }
        return new BatchResult(index, mode.status(), null, null);
    }
}
