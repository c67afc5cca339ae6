package dev.rocketgateway.deliver;

import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A CloudEvent in binary mode: its attributes are headers, its data is the body.
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
        Optional.ofNullable(event.getDataContentType())
                .ifPresent(type -> all.put("Content-Type", encoded(type).replace("%22", "\"")));
        putAttributes(event, all);
        all.putAll(headers.of(message));
        byte[] data = Optional.ofNullable(event.getData())
                .map(CloudEventData::toBytes)
                .orElse(new byte[0]);
        return new WebhookMessage(PayloadFormat.idOf(messages), all, data);
    }

    private static void putAttributes(CloudEvent event, Map<String, String> headers) {
        headers.put("ce-specversion", event.getSpecVersion().toString());
        for (var name : event.getAttributeNames()) {
            if (!name.equals("specversion") && !name.equals("datacontenttype")) {
                headers.put("ce-" + name, encoded(text(event.getAttribute(name))));
            }
        }
        for (var name : event.getExtensionNames()) {
            headers.put("ce-" + name, encoded(text(event.getExtension(name))));
        }
    }

    private static String text(Object value) {
        return Objects.toString(value, "");
    }

    /** Spaces, quotation marks, percent signs and what is not printable ASCII are percent-encoded UTF-8. */
    private static String encoded(String value) {
        return PercentEncoding.encodeValue(value).replace(" ", "%20").replace("\"", "%22");
    }
}
