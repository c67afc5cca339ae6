package dev.rocketgateway.publish;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.problem.ProblemType;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code GET /topics/{topic}}: whether messages can be published to a topic. Runs on the event loop. */
@Path("/topics/{topic}")
@NonBlocking
@Tag(name = "Topics", description = "What can be published to.")
class TopicsResource {

    private static final String EXAMPLE = """
            {"topic": "demo", "queues": [{"brokerName": "broker-a", "queueId": 0}, {"brokerName": "broker-a", "queueId": 1}],
             "publishable": true}""";

    private final TopicCatalog topics;

    TopicsResource(TopicCatalog topics) {
        this.topics = topics;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "describeTopic",
            summary = "A topic and its queues",
            description = "From what the gateway knows of the topic's route, which can be half a minute old.")
    @APIResponse(
            responseCode = "200",
            description = "The topic exists.",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = TopicDescription.class),
                            examples = @ExampleObject(name = "topic", value = EXAMPLE)))
    @APIResponse(
            responseCode = "default",
            description =
                    "A problem: invalid-request, topic-reserved, topic-not-found, overloaded, broker-unavailable.",
            content =
                    @Content(mediaType = "application/problem+json", schema = @Schema(implementation = Problem.class)))
    public CompletionStage<TopicDescription> describe(@PathParam("topic") String name) {
        var topic = TopicParameter.read(name);
        return topics.describe(topic)
                .thenApply(found -> found.orElseThrow(() -> GatewayException.of(
                        ProblemType.TOPIC_NOT_FOUND, "Topic '%s' has no route on any broker.".formatted(topic))))
                .exceptionally(failure -> {
                    throw translate(failure, topic);
                });
    }

    private static RuntimeException translate(Throwable failure, TopicName topic) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SendFailedException e) {
            return e.reason() == SendFailedException.Reason.OVERLOADED
                    ? GatewayException.causedBy(
                            e, ProblemType.OVERLOADED, "Too many topics are being looked up already.")
                    : GatewayException.causedBy(
                            e,
                            ProblemType.BROKER_UNAVAILABLE,
                            "Nobody can tell whether topic '%s' exists.".formatted(topic));
        }
        return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }
}
