package dev.rocketgateway.publish.single;

import dev.rocketgateway.publish.request.Answer;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** {@code POST /topics/{topic}/messages}: the body of the request is the message. */
@Path("/topics/{topic}")
@NonBlocking
class MessagesResource {

    private final MessagePublication publication;

    MessagesResource(MessagePublication publication) {
        this.publication = publication;
    }

    @POST
    @Path("messages")
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<Response> publish(@PathParam("topic") String topic, @Context RoutingContext context) {
        return publication.publish(topic, context).thenApply(Answer::toResponse);
    }
}
