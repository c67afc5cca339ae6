package dev.rocketgateway.deliver.payload;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rocketgateway.message.ReceivedMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** Writes a message as JSON: the same fields in webhooks and in responses, so that one parser can read both. */
public final class MessageJson {

    private MessageJson() {}

    /**
     * Writes the fields of a message into an object that was started.
     *
     * @param properties whether to write the user properties
     */
    public static void writeFields(ReceivedMessage message, boolean properties, JsonGenerator json) throws IOException {
        json.writeStringField("id", message.id());
        json.writeStringField("topic", message.topic());
        if (message.tag().isPresent()) {
            json.writeStringField("tags", message.tag().get());
        }
        json.writeArrayFieldStart("keys");
        for (var key : message.keys()) {
            json.writeString(key);
        }
        json.writeEndArray();
        if (message.messageGroup().isPresent()) {
            json.writeStringField("messageGroup", message.messageGroup().get());
        }
        if (properties) {
            json.writeObjectFieldStart("properties");
            for (var property : new TreeMap<>(message.properties()).entrySet()) {
                json.writeStringField(property.getKey(), property.getValue());
            }
            json.writeEndObject();
        }
        json.writeStringField("bornAt", WebhookHeaders.timestamp(message.bornAt()));
        json.writeNumberField("attempt", message.attempt());
        writeBody(message.body(), json);
    }

    private static void writeBody(byte[] body, JsonGenerator json) throws IOException {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            json.writeStringField("bodyEncoding", "text");
            json.writeStringField("body", text.toString());
        } catch (CharacterCodingException notText) {
            json.writeStringField("bodyEncoding", "base64");
            json.writeFieldName("bodyBase64");
            json.writeBinary(body);
        }
    }
}
