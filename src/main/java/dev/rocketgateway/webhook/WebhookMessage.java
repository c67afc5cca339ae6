package dev.rocketgateway.webhook;

import dev.rocketgateway.message.HeaderSyntax;
import java.util.Collections;
import java.util.Map;

/**
 * One webhook to send.
 *
 * @param id sent as {@code webhook-id} and signed: the same on every attempt, and without a dot, which separates the signed parts
 * @param headers names and values as on the wire; not copied, must not be changed
 * @param body not copied, must not be changed
 */
public record WebhookMessage(String id, Map<String, String> headers, byte[] body) {

    /** The same webhook with other headers. */
    public WebhookMessage with(Map<String, String> other) {
        return other.equals(headers) ? this : new WebhookMessage(id, other, body);
    }

    public WebhookMessage {
        headers = Collections.unmodifiableMap(headers);
        if (id.isEmpty() || id.indexOf('.') >= 0 || !HeaderSyntax.isValue(id)) {
            throw new IllegalArgumentException("the id of a webhook must be printable ASCII without a dot");
        }
        HeaderFields.requireLegal(headers);
    }
}
