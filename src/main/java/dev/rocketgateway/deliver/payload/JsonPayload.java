package dev.rocketgateway.deliver.payload;

import com.fasterxml.jackson.core.JsonFactory;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Sends a message and its attributes as one JSON object, or several messages as an array.
 *
 * <pre>
 * {"id":"…","topic":"orders","tags":"created","keys":["order-42"],"messageGroup":"…","properties":{"tenant":"acme"},
 *  "bornAt":"2026-11-22T11:59:59.871Z","attempt":1,"bodyEncoding":"text","body":"…"}
 * </pre>
 * A body that is not UTF-8 is {@code "bodyEncoding":"base64","bodyBase64":"…"}. Absent values are left out.
 *
 * @param contentType replaces {@code application/json}
 * @param batches whether the body is an array, even with one message
 */
record JsonPayload(WebhookHeaders headers, Optional<String> contentType, boolean batches) implements PayloadFormat {

    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public WebhookMessage webhook(List<ReceivedMessage> messages) {
        var all = new LinkedHashMap<String, String>();
        all.put("Content-Type", contentType.orElse("application/json"));
        all.putAll(batches ? headers.of(messages) : headers.of(messages.get(0)));
        return new WebhookMessage(PayloadFormat.idOf(messages), all, body(messages));
    }

    private byte[] body(List<ReceivedMessage> messages) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            if (batches) {
                json.writeStartArray();
            }
            for (var message : messages) {
                json.writeStartObject();
                MessageJson.writeFields(message, headers.forwardProperties(), json);
                json.writeEndObject();
            }
            if (batches) {
                json.writeEndArray();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
