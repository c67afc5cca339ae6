package dev.rocketgateway.deliver.payload;

import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Sends a message as a CloudEvent in binary mode: its attributes are headers, its data is the body.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#313-metadata-headers">HTTP
 *     binding, 3.1.3</a>
 */
record BinaryCloudEventPayload(WebhookHeaders headers) implements PayloadFormat {

    @Override
    public WebhookMessage webhook(List<ReceivedMessage> messages) {
        var message = messages.get(0);
        var event = CloudEventMessages.eventOf(message);
        var all = new LinkedHashMap<String, String>();
        event.contentType().ifPresent(type -> all.put("Content-Type", PercentEncoding.encodeLine(type.strip())));
        event.coding().ifPresent(coding -> all.put("Content-Encoding", PercentEncoding.encodeLine(coding.strip())));
        event.attributes().forEach((name, value) -> all.put("ce-" + name, encoded(value)));
        all.putAll(headers.of(message));
        return new WebhookMessage(
                PayloadFormat.idOf(messages), all, event.data().orElse(new byte[0]));
    }

    /** Percent-encodes spaces, quotation marks, percent signs and all characters that are not printable ASCII, as UTF-8. */
    private static String encoded(String value) {
        return PercentEncoding.encodeLine(value.replace("%", "%25"))
                .replace(" ", "%20")
                .replace("\"", "%22");
    }
}
