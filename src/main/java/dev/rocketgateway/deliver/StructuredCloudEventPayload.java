package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import io.cloudevents.jackson.JsonFormat;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A CloudEvent in structured mode, in JSON; or several as a batch. One that was published so goes on as it came.
 *
 * @param batches whether it is a batch, also of one
 */
record StructuredCloudEventPayload(WebhookHeaders headers, boolean batches) implements PayloadFormat {

    private static final String BATCH_TYPE = "application/cloudevents-batch+json";

    @Override
    public WebhookMessage webhook(List<ReceivedMessage> messages) {
        var all = new LinkedHashMap<String, String>();
        all.put("Content-Type", batches ? BATCH_TYPE : JsonFormat.CONTENT_TYPE + "; charset=utf-8");
        all.putAll(batches ? headers.of(messages) : headers.of(messages.get(0)));
        return new WebhookMessage(PayloadFormat.idOf(messages), all, batches ? batch(messages) : body(messages.get(0)));
    }

    private static byte[] batch(List<ReceivedMessage> messages) {
        var bytes = new ByteArrayOutputStream();
        bytes.write('[');
        for (int i = 0; i < messages.size(); i++) {
            if (i > 0) {
                bytes.write(',');
            }
            bytes.writeBytes(body(messages.get(i)));
        }
        bytes.write(']');
        return bytes.toByteArray();
    }

    /** Read also where it goes on as it came: nothing that is no event may be announced as one. */
    private static byte[] body(ReceivedMessage message) {
        var event = CloudEventMessages.eventOf(message);
        return CloudEventMessages.isStructured(message) ? message.body() : new JsonFormat().serialize(event);
    }
}
