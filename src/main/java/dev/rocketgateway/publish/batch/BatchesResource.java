package dev.rocketgateway.publish.batch;

import dev.rocketgateway.publish.attributes.CloudEventJson;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** {@code POST /topics/{topic}/messages:batch}: many messages in one request. */
@Path("/topics/{topic}")
@NonBlocking
public class BatchesResource {

    public static final String LINES = "application/x-ndjson";

    private final BatchPublication publication;

    BatchesResource(BatchPublication publication) {
        this.publication = publication;
    }

    @POST
    @Path("messages:batch")
    @Consumes({MediaType.APPLICATION_JSON, LINES, CloudEventJson.EVENTS})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<Response> publish(
            @PathParam("topic") String topic, @Context HttpHeaders headers, @Context RoutingContext context) {
        var type = headers.getMediaType();
        if (MediaType.valueOf(LINES).isCompatible(type)) {
            return publication.publishLines(topic, context);
        }
        return MediaType.valueOf(CloudEventJson.EVENTS).isCompatible(type)
                ? publication.publishEvents(topic, context)
                : publication.publishJson(topic, context);
    }
}
