package dev.rocketgateway.publish.attributes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.message.CloudEventRules;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.json.JsonBody;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the attributes of an event in the JSON event format, to check them. The event itself is stored unchanged.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON event format</a>
 */
public final class CloudEventJson {

    /** The media type of one event. */
    public static final String EVENT = "application/cloudevents+json";

    /** The media type of a batch of events. */
    public static final String EVENTS = "application/cloudevents-batch+json";

    private static final String EXTENSION_TYPES = "must be a string, a whole number, true or false";
    private static final int LONGEST_INTEGER = "-2147483648".length();

    private CloudEventJson() {}

    /**
     * Reads the attributes of a body that is one event.
     *
     * @throws GatewayException {@code malformed-body}, {@code invalid-request}
     */
    public static Map<String, String> attributesOf(byte[] body) {
        return JsonBody.parse(body, parser -> {
            parser.nextToken();
            var attributes = attributesAt(parser);
            JsonBody.expectEnd(parser);
            return attributes;
        });
    }

    /**
     * Reads the attributes of the event that the parser has reached.
     *
     * @param parser at the first token of the event; after the call, at its last one
     * @throws GatewayException {@code invalid-request}; then too, the parser is at the event's last token
     */
    public static Map<String, String> attributesAt(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            throw GatewayException.invalid("body", "must be a JSON object");
        }
        var attributes = new LinkedHashMap<String, String>();
        var names = new HashSet<String>();
        var data = new CloudEventData();
        var errors = new FieldErrors();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            parser.nextToken();
            errors.check(name, names.add(name) ? null : "is given twice");
            if (CloudEventData.isData(name)) {
                data.note(name, parser);
            } else {
                readAttribute(name, parser, attributes, errors);
            }
        }
        data.check(attributes, errors);
        CloudEventAttributes.check("", attributes, errors);
        errors.throwIfAny();
        return attributes;
    }

    private static void readAttribute(
            String name, JsonParser parser, Map<String, String> attributes, FieldErrors errors) throws IOException {
        switch (parser.currentToken()) {
            case VALUE_STRING -> attributes.put(name, parser.getText());
            // Null means absent.
            case VALUE_NULL -> {}
            case VALUE_TRUE, VALUE_FALSE, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                var text = parser.getText();
                if (errors.check(
                        name, isExtension(name) ? faultOfScalar(parser.currentToken(), text) : "must be a string")) {
                    attributes.put(name, text);
                }
            }
            default -> {
                errors.add(name, isExtension(name) ? EXTENSION_TYPES : "must be a string");
                parser.skipChildren();
            }
        }
    }

    /** The fault of a number or boolean as the value of an extension, or null. Integers of CloudEvents have 32 bits. */
    private static @Nullable String faultOfScalar(JsonToken type, String text) {
        if (type == JsonToken.VALUE_NUMBER_FLOAT) {
            return EXTENSION_TYPES;
        }
        boolean legal = type != JsonToken.VALUE_NUMBER_INT
                || (text.length() <= LONGEST_INTEGER && Long.parseLong(text) == (int) Long.parseLong(text));
        return legal ? null : "must be from -2147483648 to 2147483647; send a larger number as a string";
    }

    private static boolean isExtension(String name) {
        return CloudEventRules.isExtension("1.0", name) && CloudEventRules.isExtension("0.3", name);
    }

    /** The problem for an event in an unsupported format. */
    public static GatewayException unsupported(String contentType) {
        return GatewayException.of(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                "Content-Type is '%s'; this path accepts CloudEvents as %s. Publish batches of CloudEvents at messages:batch."
                        .formatted(contentType, EVENT));
    }
}
