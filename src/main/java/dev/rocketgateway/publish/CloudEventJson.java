package dev.rocketgateway.publish;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.cloudevents.SpecVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the attributes of an event in the JSON event format, to check them; the event itself is stored as it came.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON event format</a>
 */
final class CloudEventJson {

    /** The media type of one event. */
    static final String EVENT = "application/cloudevents+json";

    /** The media type of many. */
    static final String EVENTS = "application/cloudevents-batch+json";

    private static final String EXTENSION_TYPES = "must be text, a whole number, true or false";
    private static final String DATA = "data";
    private static final String BASE64_DATA = "data_base64";

    private CloudEventJson() {}

    /**
     * @throws GatewayException {@code malformed-body}, {@code invalid-request}
     */
    static Map<String, String> attributesOf(byte[] body) {
        return StrictJson.parse(body, parser -> {
            parser.nextToken();
            var attributes = attributesAt(parser);
            StrictJson.expectEnd(parser);
            return attributes;
        });
    }

    /**
     * Reads a batch: an array of events.
     *
     * @param entries makes an entry of each event, which gets the parser at its first token and leaves it at its last
     * @throws GatewayException {@code malformed-body}, {@code invalid-request}, {@code batch-too-large}
     */
    static List<BatchEntry> readBatch(byte[] body, int maxMessages, StrictJson.Reader<BatchEntry> entries) {
        var events = StrictJson.parse(body, parser -> {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw GatewayException.of(ProblemType.MALFORMED_BODY, "The body is not a JSON array of events.");
            }
            var all = new ArrayList<BatchEntry>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                BatchJson.expectRoom(all.size(), maxMessages);
                all.add(entries.read(parser));
            }
            StrictJson.expectEnd(parser);
            return all;
        });
        if (events.isEmpty()) {
            throw GatewayException.of(ProblemType.INVALID_REQUEST, "The batch has no event.");
        }
        return events;
    }

    /**
     * @param parser at the first token of the event; at its last afterwards
     * @throws GatewayException {@code invalid-request}; the parser is at the event's last token then too
     */
    static Map<String, String> attributesAt(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            throw GatewayException.of(ProblemType.INVALID_REQUEST, "The event is not a JSON object.");
        }
        var attributes = new LinkedHashMap<String, String>();
        var data = new HashSet<String>();
        var errors = new FieldErrors();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var value = parser.nextToken();
            if (name.equals(DATA) || name.equals(BASE64_DATA)) {
                data.add(name);
                errors.check(
                        name,
                        name.equals(BASE64_DATA) && value != JsonToken.VALUE_STRING ? "must be text in Base64" : null);
                parser.skipChildren();
            } else if (value == JsonToken.VALUE_STRING || (value.isScalarValue() && isExtension(name))) {
                attribute(name, value, parser.getText(), attributes, errors);
            } else if (value != JsonToken.VALUE_NULL) {
                errors.add(name, isExtension(name) ? EXTENSION_TYPES : "must be text");
                parser.skipChildren();
            }
        }
        if (data.size() == 2) {
            errors.add(BASE64_DATA, "cannot go with data");
        }
        errors.throwIfAny();
        return attributes;
    }

    private static void attribute(
            String name, JsonToken type, String text, Map<String, String> attributes, FieldErrors errors) {
        if (type == JsonToken.VALUE_NUMBER_FLOAT) {
            errors.add(name, EXTENSION_TYPES);
        } else if (type != JsonToken.VALUE_NULL) {
            errors.check(name, attributes.putIfAbsent(name, text) == null ? null : "is given twice");
        }
    }

    private static boolean isExtension(String name) {
        return !SpecVersion.V1.getAllAttributes().contains(name)
                && !SpecVersion.V03.getAllAttributes().contains(name);
    }

    /** The problem of a request whose event is in a format that is not read here. */
    static GatewayException unsupported(String contentType) {
        return GatewayException.of(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                "Content-Type is '%s'; of CloudEvents %s can be published here, and batches of them at messages:batch."
                        .formatted(contentType, EVENT));
    }
}
