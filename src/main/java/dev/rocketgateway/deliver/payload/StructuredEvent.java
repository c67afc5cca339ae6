package dev.rocketgateway.deliver.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event in the JSON event format. JSON data is copied from the text unchanged.
 *
 * <pre>
 * member        | becomes
 * --------------|--------------------------------------------------------------
 * null          | absent
 * data          | JSON; with another datacontenttype, the content of the string
 * data_base64   | the bytes
 * anything else | an attribute: a string, a whole number, true or false
 * </pre>
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON event format</a>
 */
final class StructuredEvent {

    /** The attribute for the content type of the data; without this attribute, the data is JSON. */
    static final String CONTENT_TYPE = "datacontenttype";

    private static final String DEFAULT_TYPE = "application/json";
    private static final String CODING_OF_03 = "datacontentencoding";

    private static final JsonFactory JSON = UnlimitedJson.factory().build();

    private final String text;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private @Nullable String dataText;
    private @Nullable String dataString;
    private @Nullable String dataBase64;

    private StructuredEvent(String text) {
        this.text = text;
    }

    /**
     * Reads an event from the body of a message.
     *
     * @throws UnrepresentableException if the body is not a valid CloudEvent
     */
    static Event read(byte[] body) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            var event = new StructuredEvent(text);
            event.readMembers();
            return event.event();
        } catch (IOException e) {
            throw new UnrepresentableException("is marked as a CloudEvent but is not JSON in UTF-8", e);
        }
    }

    /** Whether the text is one JSON value. */
    static boolean isJson(String text) {
        try (var json = JSON.createParser(text)) {
            if (json.nextToken() == null) {
                return false;
            }
            json.skipChildren();
            json.finishToken();
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether data of this type is JSON; data without a type is JSON. */
    static boolean isJsonType(Optional<String> contentType) {
        var type = contentType.orElse(DEFAULT_TYPE).split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.endsWith("/json") || type.endsWith("+json");
    }

    private void readMembers() throws IOException {
        try (var json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new UnrepresentableException("is marked as a CloudEvent but is not a JSON object", null);
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                readMember(json.currentName(), json.nextToken(), json);
            }
            if (json.nextToken() != null) {
                throw new UnrepresentableException(
                        "is marked as a CloudEvent but has more data after the JSON object", null);
            }
        }
    }

    private void readMember(String name, JsonToken value, JsonParser json) throws IOException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (name.equals("data")) {
            readData(value, json);
        } else if (name.equals("data_base64")) {
            dataBase64 = string(name, value, json);
        } else if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT || value.isBoolean()) {
            attributes.put(name, json.getText());
        } else {
            throw unlike(name);
        }
    }

    private void readData(JsonToken value, JsonParser json) throws IOException {
        long begin = json.currentTokenLocation().getCharOffset();
        dataString = value == JsonToken.VALUE_STRING ? json.getText() : null;
        json.skipChildren();
        json.finishToken();
        dataText = text.substring((int) begin, (int) json.currentLocation().getCharOffset());
    }

    private static String string(String name, JsonToken value, JsonParser json) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            throw unlike(name);
        }
        return json.getText();
    }

    private static UnrepresentableException unlike(String name) {
        return new UnrepresentableException(
                "is marked as a CloudEvent but is not valid: '%s' has a value of the wrong type".formatted(name), null);
    }

    private Event event() {
        var type = Optional.ofNullable(attributes.remove(CONTENT_TYPE));
        var data = data(type);
        // Data without a type is JSON (JSON event format, 3.1).
        return new Event(
                attributes, data.isPresent() ? type.or(() -> Optional.of(DEFAULT_TYPE)) : type, Optional.empty(), data);
    }

    private Optional<byte[]> data(Optional<String> type) {
        var inBase64 = dataBase64;
        if ("0.3".equals(attributes.get(Event.SPEC_VERSION))
                && "base64".equalsIgnoreCase(attributes.remove(CODING_OF_03))) {
            inBase64 = dataString;
        } else if (inBase64 != null && dataText != null) {
            throw new UnrepresentableException("is marked as a CloudEvent but has both data and data_base64", null);
        }
        if (inBase64 != null) {
            try {
                return Optional.of(Base64.getDecoder().decode(inBase64));
            } catch (IllegalArgumentException e) {
                throw new UnrepresentableException("has data_base64 that is not Base64", e);
            }
        }
        if (dataText == null) {
            return Optional.empty();
        }
        if (isJsonType(type)) {
            return Optional.of(dataText.getBytes(StandardCharsets.UTF_8));
        }
        if (dataString == null) {
            throw new UnrepresentableException(
                    "has data that is not a string; change the data, or set datacontenttype to a JSON type", null);
        }
        return Optional.of(dataString.getBytes(StandardCharsets.UTF_8));
    }
}
