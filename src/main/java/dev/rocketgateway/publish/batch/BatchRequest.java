package dev.rocketgateway.publish.batch;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Describes a JSON batch for the OpenAPI document; {@link BatchJson} reads the batch. */
@Schema(name = "Batch")
record BatchRequest(
        @Schema(required = true, minItems = 1, description = "At most gateway.publish.max-batch-messages.")
        List<Entry> messages) {

    /** Describes one message. */
    @Schema(
            name = "BatchMessage",
            description = "Has exactly one of body, json and bodyBase64. The other fields are as for a single message.")
    record Entry(
            @Schema(description = "Text, stored in UTF-8.") @Nullable
            String body,

            @Schema(description = "Any JSON value, stored byte for byte as it is in the request.") @Nullable
            Object json,

            @Schema(description = "Bytes, in Base64.") @Nullable
            String bodyBase64,

            @Schema(description = "Idempotency key.") @Nullable
            String id,

            @Nullable String tag,
            @Nullable List<String> keys,
            @Nullable String messageGroup,
            @Nullable String delay,
            @Nullable String deliverAt,
            @Nullable Integer delayLevel,
            @Nullable Map<String, String> properties) {}
}
