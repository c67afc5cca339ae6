package dev.rocketgateway.deliver.payload;

import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Sends the body as it was published, byte for byte.
 *
 * @param contentType replaces the published content type
 */
record RawPayload(WebhookHeaders headers, Optional<String> contentType) implements PayloadFormat {

    @Override
    public WebhookMessage webhook(List<ReceivedMessage> messages) {
        var message = messages.get(0);
        var all = new LinkedHashMap<String, String>();
        all.put("Content-Type", contentType.orElseGet(() -> WebhookHeaders.contentType(message)));
        var encoding = message.properties().get(MessageProperties.CONTENT_ENCODING);
        if (encoding != null && !encoding.isBlank()) {
            all.put("Content-Encoding", PercentEncoding.encodeLine(encoding.strip()));
        }
        all.putAll(headers.of(message));
        return new WebhookMessage(PayloadFormat.idOf(messages), all, message.body());
    }
}
