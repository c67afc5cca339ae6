package dev.rocketgateway.publish.recall;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.problem.check.TopicParameter;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.MessageRecall;
import dev.rocketgateway.publish.MessageRecall.Outcome;
import dev.rocketgateway.publish.admission.InFlightLimit;
import dev.rocketgateway.publish.admission.RateLimits;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Serves {@code DELETE /topics/{topic}/messages/{recallHandle}}, which asks the broker not to deliver a scheduled message. For a recall,
 * the broker stores a message, so the limits of publishing apply. Runs on the event loop.
 */
@Path("/topics/{topic}")
@NonBlocking
class RecallResource {

    private final MessageRecall recalls;
    private final MessagePublisher publisher;
    private final RateLimits rates;
    private final InFlightLimit inFlight;

    RecallResource(MessageRecall recalls, MessagePublisher publisher, RateLimits rates, InFlightLimit inFlight) {
        this.recalls = recalls;
        this.publisher = publisher;
        this.rates = rates;
        this.inFlight = inFlight;
    }

    /** The response if the broker has stored the request. */
    @Schema(
            name = "Recall",
            requiredProperties = {"outcome", "msgId"})
    record Requested(
            @Schema(
                    description = "The broker has stored the request.",
                    enumeration = {"requested"})
            @JsonProperty
            String outcome,

            @Schema(description = "Unique id of the message.", examples = "7F0000012B6A18B4AAC24F1A2B3C0000")
            @JsonProperty
            String msgId) {}

    @DELETE
    @Path("messages/{recallHandle}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<Response> recall(
            @PathParam("topic") String topicText,
            @PathParam("recallHandle") String handle,
            @Context UriInfo uri,
            @Context RoutingContext context) {
        var topic = TopicParameter.read(topicText);
        Caller.of(context).require(Permission.PUBLISH, topic);
        QueryReader.read(uri, Set.of(), query -> topic);
        rates.of(context, topic).takeFirst();
        var permit = inFlight.acquire();
        try {
            var timeout = publisher.defaultTimeout();
            return recalls.recall(topic, handle, timeout)
                    .whenComplete((outcome, failure) -> permit.release())
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(failure -> {
                        throw RecallErrors.toProblem(failure, topic);
                    })
                    .thenApply(outcome -> response(outcome, topic));
        } catch (RuntimeException bug) {
            permit.release();
            throw bug;
        }
    }

    private static Response response(Outcome outcome, TopicName topic) {
        if (outcome instanceof Outcome.Requested requested) {
            return Response.accepted(new Requested("requested", requested.messageId()))
                    .build();
        }
        throw refusal(outcome, topic);
    }

    private static GatewayException refusal(Outcome outcome, TopicName topic) {
        if (outcome instanceof Outcome.Invalid invalid) {
            return GatewayException.invalid("recallHandle", invalid.fault());
        }
        if (outcome instanceof Outcome.Disabled disabled) {
            return GatewayException.of(
                    ProblemType.RECALL_DISABLED,
                    "Broker '%s' does not allow recalls. Ask its operator to set recallMessageEnable=true."
                            .formatted(disabled.brokerName()));
        }
        return GatewayException.of(
                ProblemType.MESSAGE_DUE,
                "The message is due already, so the broker has delivered it to topic '%s'.".formatted(topic));
    }
}
