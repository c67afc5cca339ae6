package dev.rocketgateway.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of every response that is not a success: a problem document (RFC 9457) with the gateway's own members. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        description = "Problem details (RFC 9457).",
        requiredProperties = {"type", "title", "status", "detail", "instance", "code", "retryable", "requestId"})
public record Problem(
        @Schema(description = "Page that explains this kind of problem.", examples = "/problems/topic-not-found")
        String type,

        @Schema(examples = "Topic not found") String title,
        @Schema(examples = "404") int status,

        @Schema(description = "What went wrong this time.", examples = "Topic 'ordrs' has no route on any broker.")
        String detail,

        @Schema(description = "Path of the request.", examples = "/topics/ordrs/messages")
        String instance,

        @Schema(description = "Stable identifier of the kind of problem.", examples = "topic-not-found")
        String code,

        @Schema(description = "Whether the same request may succeed later.")
        boolean retryable,

        @Schema(description = "RocketMQ's own code for the reason, if it gave one.", examples = "17") @Nullable
        Integer brokerCode,

        @Schema(description = "'unknown' if the message may have been stored.", examples = "unknown") @Nullable
        String outcome,

        @Schema(description = "true if the message was stored although the request failed.") @Nullable
        Boolean stored,

        @Schema(description = "Each thing wrong with the request.") @Nullable
        List<FieldError> errors,

        @Schema(description = "Also in the X-Request-Id header and in the gateway's log.")
        String requestId) {

    /** The media type of problem documents. */
    public static final String MEDIA_TYPE = "application/problem+json";
}
