package dev.rocketgateway.publish.topic;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.problem.check.TopicParameter;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.TopicCatalog;
import dev.rocketgateway.publish.TopicDescription;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** {@code GET /topics/{topic}}: whether messages can be published to a topic. Runs on the event loop. */
@Path("/topics/{topic}")
@NonBlocking
class TopicsResource {

    private final TopicCatalog topics;

    TopicsResource(TopicCatalog topics) {
        this.topics = topics;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<TopicDescription> describe(
            @PathParam("topic") String name, @Context RoutingContext context) {
        var topic = TopicParameter.read(name);
        var caller = Caller.of(context);
        if (!caller.mayAny(topic, Permission.values())) {
            throw caller.denial(Permission.PUBLISH, topic);
        }
        return topics.describe(topic)
                .thenApply(found -> found.orElseThrow(() -> GatewayException.of(
                        ProblemType.TOPIC_NOT_FOUND, "Topic '%s' has no route on any broker.".formatted(topic))))
                .exceptionally(failure -> {
                    throw translate(failure, topic);
                });
    }

    private static RuntimeException translate(Throwable failure, TopicName topic) {
        var cause = Causes.of(failure);
        if (cause instanceof SendFailedException e) {
            return e.reason() == SendFailedException.Reason.OVERLOADED
                    ? GatewayException.causedBy(
                            e, ProblemType.OVERLOADED, "Too many topics are being looked up. Try again later.")
                    : GatewayException.causedBy(
                            e,
                            ProblemType.BROKER_UNAVAILABLE,
                            "The brokers and name servers did not say whether topic '%s' exists. Try again later."
                                    .formatted(topic));
        }
        return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }
}
