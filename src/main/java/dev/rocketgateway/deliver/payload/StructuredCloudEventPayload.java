package dev.rocketgateway.deliver.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Sends a CloudEvent in structured mode as JSON, or several as a batch. An event that was published in this form is sent unchanged.
 *
 * <pre>
 * data                                                    | member
 * --------------------------------------------------------|-----------------------
 * of a JSON type, JSON in UTF-8, without a content coding | data, unchanged
 * anything else                                           | data_base64, the bytes
 * </pre>
 * The JSON format has no field for a content coding, but the receiver needs it. So the content coding becomes the extension
 * {@code contentencoding}.
 *
 * @param batches whether the body is a batch, even with one event
 */
record StructuredCloudEventPayload(WebhookHeaders headers, boolean batches) implements PayloadFormat {

    private static final String BATCH_TYPE = "application/cloudevents-batch+json";
    private static final String CODING = "contentencoding";
    private static final JsonFactory JSON = new JsonFactory();

    private static final Pattern OTHER_CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?(?!(?:utf-?8|us-ascii)\"?\\s*(?:;|$))", Pattern.CASE_INSENSITIVE);

    @Override
    public WebhookMessage webhook(List<ReceivedMessage> messages) {
        var all = new LinkedHashMap<String, String>();
        all.put("Content-Type", batches ? BATCH_TYPE : CloudEventMessages.MEDIA_TYPE + "; charset=utf-8");
        all.putAll(batches ? headers.of(messages) : headers.of(messages.get(0)));
        return new WebhookMessage(PayloadFormat.idOf(messages), all, batches ? batch(messages) : body(messages.get(0)));
    }

    @Override
    public String itemId(ReceivedMessage message) {
        return CloudEventMessages.eventOf(message).id();
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

    /**
     * Returns the event as JSON. Parses it even if it is sent unchanged, because only a valid event may have the type of an event.
     */
    private static byte[] body(ReceivedMessage message) {
        var event = CloudEventMessages.eventOf(message);
        return CloudEventMessages.isStructured(message) ? message.body() : serialized(event);
    }

    private static byte[] serialized(Event event) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            for (var attribute : event.attributes().entrySet()) {
                json.writeStringField(attribute.getKey(), attribute.getValue());
            }
            if (event.contentType().isPresent()) {
                json.writeStringField(
                        StructuredEvent.CONTENT_TYPE, event.contentType().get());
            }
            if (isCoded(event) && !event.attributes().containsKey(CODING)) {
                json.writeStringField(CODING, event.coding().get());
            }
            if (event.data().isPresent()) {
                write(event, event.data().get(), json);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(Event event, byte[] data, JsonGenerator json) throws IOException {
        var text = isCoded(event) || !StructuredEvent.isJsonType(event.contentType()) || hasOtherCharset(event)
                ? ""
                : text(data);
        if (StructuredEvent.isJson(text)) {
            json.writeFieldName("data");
            json.writeRawValue(text);
        } else {
            json.writeBinaryField("data_base64", data);
        }
    }

    private static boolean isCoded(Event event) {
        return event.coding()
                .filter(coding -> !coding.strip().toLowerCase(Locale.ROOT).equals("identity"))
                .isPresent();
    }

    private static boolean hasOtherCharset(Event event) {
        return event.contentType()
                .filter(type -> OTHER_CHARSET.matcher(type).find())
                .isPresent();
    }

    /** The data as text; empty if it is not UTF-8. */
    private static String text(byte[] data) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }
}
