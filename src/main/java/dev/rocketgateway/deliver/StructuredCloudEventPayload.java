package dev.rocketgateway.deliver;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import io.cloudevents.CloudEvent;
import io.cloudevents.jackson.JsonFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A CloudEvent in structured mode, in JSON; or several as a batch. One that was published so goes on as it came.
 *
 * @param batches whether it is a batch, also of one
 */
record StructuredCloudEventPayload(WebhookHeaders headers, boolean batches) implements PayloadFormat {

    private static final String BATCH_TYPE = "application/cloudevents-batch+json";
    private static final JsonFormat FORMAT = new JsonFormat();

    /** For data that is announced as JSON and is none: the SDK would write it into the event as it is. */
    private static final JsonFormat WITH_DATA_IN_BASE64 = new JsonFormat(true, false);

    private static final ObjectReader JSON =
            new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Override
    public WebhookMessage webhook(List<ReceivedMessage> messages) {
        var all = new LinkedHashMap<String, String>();
        all.put("Content-Type", batches ? BATCH_TYPE : JsonFormat.CONTENT_TYPE + "; charset=utf-8");
        all.putAll(batches ? headers.of(messages) : headers.of(messages.get(0)));
        return new WebhookMessage(PayloadFormat.idOf(messages), all, batches ? batch(messages) : body(messages.get(0)));
    }

    @Override
    public String itemId(ReceivedMessage message) {
        return CloudEventMessages.eventOf(message).getId();
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
        return CloudEventMessages.isStructured(message) ? message.body() : serialized(event);
    }

    private static byte[] serialized(CloudEvent event) {
        byte[] json = FORMAT.serialize(event);
        try {
            JSON.readTree(json);
            return json;
        } catch (IOException dataIsNoJson) {
            return WITH_DATA_IN_BASE64.serialize(event);
        }
    }
}
