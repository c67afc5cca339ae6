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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.Explode;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterStyle;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code POST /topics/{topic}/messages}, and its description: the body of the request is the message. */
@Path("/topics/{topic}")
@NonBlocking
@Tag(name = "Messages", description = "Publishing to a topic.")
class MessagesResource {

    private static final String RECEIPT_EXAMPLE = """
            {"sendStatus": "SEND_OK", "msgId": "7F0000012B6A18B4AAC24F1A2B3C0000",
             "offsetMsgId": "7F00000100002A9F00000000000F4240",
             "messageQueue": {"topic": "demo", "brokerName": "broker-a", "queueId": 2},
             "queueOffset": 41, "regionId": "DefaultRegion", "traceOn": true}""";

    private final MessagePublication publication;

    MessagesResource(MessagePublication publication) {
        this.publication = publication;
    }

    @POST
    @Path("messages")
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "publishMessage", summary = "Publish one message", description = """
                    The body is the message, stored byte for byte, whatever its Content-Type. The mode decides when the \
                    answer comes and what it promises: `sync` and `async` answer when the broker has stored the message, \
                    `oneway` when it is handed to the network and may still be lost; `request` waits for a consumer's reply \
                    and answers with it. Text in RocketMQ-* headers is \
                    percent-encoded UTF-8. Unknown parameters and RocketMQ-* headers are refused. \
                    A CloudEvent has its attributes in ce-* headers, or is the body as `application/cloudevents+json`.""")
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
                            enumeration = {"sync", "async", "oneway", "request"},
                            defaultValue = "sync"))
    @Parameter(
            name = "tag",
            in = ParameterIn.QUERY,
            description = "Tag; also RocketMQ-Tag.",
            schema = @Schema(type = SchemaType.STRING),
            example = "created")
    @Parameter(
            name = "key",
            in = ParameterIn.QUERY,
            description = "Search key, repeatable; also RocketMQ-Keys, comma-separated.",
            style = ParameterStyle.FORM,
            explode = Explode.TRUE,
            schema = @Schema(type = SchemaType.ARRAY, implementation = String.class))
    @Parameter(
            name = "messageGroup",
            in = ParameterIn.QUERY,
            description = "Messages of one group go to one queue, in order; also RocketMQ-Message-Group.",
            schema = @Schema(type = SchemaType.STRING),
            example = "order-42")
    @Parameter(
            name = "delay",
            in = ParameterIn.QUERY,
            description = "Deliver so much later: 30s, 2h or ISO-8601; also RocketMQ-Delay. At most one of delay, "
                    + "deliverAt and delayLevel, and none with a message group.",
            schema = @Schema(type = SchemaType.STRING),
            example = "30s")
    @Parameter(
            name = "deliverAt",
            in = ParameterIn.QUERY,
            description = "Deliver at this time: RFC 3339 or milliseconds since 1970; also RocketMQ-Deliver-At.",
            schema = @Schema(type = SchemaType.STRING),
            example = "2026-12-24T18:00:00Z")
    @Parameter(
            name = "delayLevel",
            in = ParameterIn.QUERY,
            description = "Deliver after the broker's fixed delay of this number; also RocketMQ-Delay-Level.",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "18"))
    @Parameter(
            name = "timeout",
            in = ParameterIn.QUERY,
            description = "How long to wait for the broker: 500ms, 3s or ISO-8601; also RocketMQ-Timeout.",
            schema = @Schema(type = SchemaType.STRING),
            example = "3s")
    @Parameter(
            name = "property",
            in = ParameterIn.QUERY,
            description = "User properties: one parameter property.<name>=<value> for each.",
            style = ParameterStyle.FORM,
            explode = Explode.TRUE,
            schema =
                    @Schema(
                            type = SchemaType.OBJECT,
                            additionalProperties = String.class,
                            examples = "{\"property.tenant\":\"acme\"}"))
    @Parameter(name = "RocketMQ-Tag", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "RocketMQ-Keys", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "RocketMQ-Message-Group", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "RocketMQ-Delay", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "RocketMQ-Deliver-At", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "RocketMQ-Delay-Level", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "RocketMQ-Property",
            in = ParameterIn.HEADER,
            description = "User property <name>=<value>, repeatable.",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "RocketMQ-Timeout", in = ParameterIn.HEADER, schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "Idempotency-Key",
            in = ParameterIn.HEADER,
            description = "Kept as property idempotencyKey and as a key, for receivers to recognise repeats.",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "X-Request-Id",
            in = ParameterIn.HEADER,
            description = "Comes back in the answer and stands in the gateway's log.",
            schema = @Schema(type = SchemaType.STRING))
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = "text/plain",
                        schema = @Schema(type = SchemaType.STRING),
                        examples = @ExampleObject(name = "text", value = "hello")),
                @Content(
                        mediaType = "application/json",
                        examples = @ExampleObject(name = "json", value = "{\"order\": 42}")),
                @Content(
                        mediaType = CloudEventJson.EVENT,
                        schema = @Schema(type = SchemaType.OBJECT),
                        examples = @ExampleObject(name = "event", value = """
                                {"specversion": "1.0", "id": "1", "source": "/orders", "type": "order.created",
                                 "data": {"order": 42}}""")),
                @Content(
                        mediaType = "application/octet-stream",
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(
            responseCode = "200",
            description =
                    "mode=sync: stored. mode=request: the reply, its body as it is and its tag, keys and properties as "
                            + "RocketMQ-* headers.",
            headers = @Header(name = MessagePublication.MESSAGE_ID_HEADER, schema = @Schema(type = SchemaType.STRING)),
            content = {
                @Content(
                        mediaType = "application/json",
                        schema = @Schema(implementation = SendReceipt.class),
                        examples = @ExampleObject(name = "stored", value = RECEIPT_EXAMPLE)),
                @Content(mediaType = "*/*", schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(
            responseCode = "202",
            description = "mode=async: stored.",
            headers = @Header(name = MessagePublication.MESSAGE_ID_HEADER, schema = @Schema(type = SchemaType.STRING)),
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = SendReceipt.class),
                            examples = @ExampleObject(name = "stored", value = RECEIPT_EXAMPLE)))
    @APIResponse(
            responseCode = "204",
            description = "mode=oneway: handed to the network; may be lost.",
            headers = @Header(name = MessagePublication.MESSAGE_ID_HEADER, schema = @Schema(type = SchemaType.STRING)))
    @APIResponse(
            responseCode = "default",
            description = "A problem; `code` says which, `retryable` whether trying again can help.",
            content =
                    @Content(
                            mediaType = Problem.MEDIA_TYPE,
                            schema = @Schema(implementation = Problem.class),
                            examples = {
                                @ExampleObject(name = "topic-not-found", value = """
                                                {"type": "/problems/topic-not-found", "title": "Topic not found",
                                                 "status": 404, "detail": "Topic 'ordrs' has no route on any broker.",
                                                 "instance": "/topics/ordrs/messages", "code": "topic-not-found",
                                                 "retryable": false, "brokerCode": 17,
                                                 "requestId": "4bf92f3577b34da6a3ce929d0e0e4736"}"""),
                                @ExampleObject(name = "broker-timeout", value = """
                                                {"type": "/problems/broker-timeout", "title": "Broker timed out",
                                                 "status": 504,
                                                 "detail": "The broker did not answer in time; the message may have been stored.",
                                                 "instance": "/topics/demo/messages", "code": "broker-timeout",
                                                 "retryable": true, "outcome": "unknown",
                                                 "requestId": "4bf92f3577b34da6a3ce929d0e0e4736"}""")
                            }))
    public CompletionStage<Response> publish(@PathParam("topic") String topic, @Context RoutingContext context) {
        return publication.publish(topic, context);
    }
}
