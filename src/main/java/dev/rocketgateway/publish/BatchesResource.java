package dev.rocketgateway.publish;

import dev.rocketgateway.problem.Problem;
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
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code POST /topics/{topic}/messages:batch}, and its description: many messages in one request. */
@Path("/topics/{topic}")
@NonBlocking
@Tag(name = "Messages")
class BatchesResource {

    static final String LINES = "application/x-ndjson";

    private static final String RESULT_EXAMPLE = """
            {"accepted": 1, "failed": 1, "results": [
              {"index": 0, "status": 200, "sendStatus": "SEND_OK", "msgId": "7F0000012B6A18B4AAC24F1A2B3C0000",
               "offsetMsgId": "7F00000100002A9F00000000000F4240",
               "messageQueue": {"topic": "demo", "brokerName": "broker-a", "queueId": 2},
               "queueOffset": 41, "regionId": "DefaultRegion", "traceOn": true},
              {"index": 1, "status": 400, "type": "/problems/invalid-request", "title": "Invalid request",
               "detail": "tag: must not contain '|'", "instance": "/topics/demo/messages:batch",
               "code": "invalid-request", "retryable": false,
               "errors": [{"field": "tag", "message": "must not contain '|'"}],
               "requestId": "4bf92f3577b34da6a3ce929d0e0e4736"}]}""";

    private final BatchPublication publication;

    BatchesResource(BatchPublication publication) {
        this.publication = publication;
    }

    @POST
    @Path("messages:batch")
    @Consumes({MediaType.APPLICATION_JSON, LINES, CloudEventJson.EVENTS})
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "publishBatch", summary = "Publish many messages", description = """
                    As JSON, `messages` has one object per message, each with a body (exactly one of `body`, `json` and \
                    `bodyBase64`) and attributes of its own. As NDJSON, each line that is not blank is the body of one \
                    message, the attributes are query parameters and headers as for a single message and hold for all, and \
                    the body is published while it comes, however long it is. As CloudEvents, each event is one message, \
                    and the attributes hold for all. What is wrong with one message is no fault of \
                    the others: `results` has what became of each.""")
    @Parameter(
            name = "topic",
            in = ParameterIn.PATH,
            required = true,
            schema = @Schema(type = SchemaType.STRING, pattern = "^[%|a-zA-Z0-9_-]+$", maxLength = 127),
            example = "demo")
    @Parameter(
            name = "mode",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"sync", "async", "oneway"},
                            defaultValue = "sync"))
    @Parameter(
            name = "timeout",
            in = ParameterIn.QUERY,
            description =
                    "How long to wait for the broker with each message: 500ms, 3s or ISO-8601; also RocketMQ-Timeout.",
            schema = @Schema(type = SchemaType.STRING),
            example = "3s")
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = BatchRequest.class),
                        examples = @ExampleObject(name = "batch", value = """
                                {"messages": [
                                  {"body": "text", "tag": "created", "keys": ["order-42"]},
                                  {"json": {"order": 42}, "messageGroup": "order-42"},
                                  {"bodyBase64": "AAEC", "properties": {"tenant": "acme"}, "delay": "30s"}]}""")),
                @Content(
                        mediaType = LINES,
                        schema = @Schema(type = SchemaType.STRING),
                        examples = @ExampleObject(name = "lines", value = "first\nsecond\n")),
                @Content(
                        mediaType = CloudEventJson.EVENTS,
                        schema = @Schema(type = SchemaType.ARRAY, implementation = Object.class),
                        examples = @ExampleObject(name = "events", value = """
                                [{"specversion": "1.0", "id": "1", "source": "/orders", "type": "order.created",
                                  "data": {"order": 42}}]"""))
            })
    @APIResponse(
            responseCode = "200",
            description = "mode=sync: all are stored.",
            content = @Content(schema = @Schema(implementation = BatchReceipt.class)))
    @APIResponse(
            responseCode = "202",
            description = "mode=async: all are stored.",
            content = @Content(schema = @Schema(implementation = BatchReceipt.class)))
    @APIResponse(responseCode = "204", description = "mode=oneway: all are handed to the network; any may be lost.")
    @APIResponse(
            responseCode = "207",
            description = "Some are stored (with oneway: handed over), some failed; see results.",
            content =
                    @Content(
                            schema = @Schema(implementation = BatchReceipt.class),
                            examples = @ExampleObject(name = "some", value = RESULT_EXAMPLE)))
    @APIResponse(
            responseCode = "default",
            description = "A problem. If it concerns each message on its own, it has the members of the 207 too.",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
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
