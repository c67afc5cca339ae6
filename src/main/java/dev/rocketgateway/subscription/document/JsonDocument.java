package dev.rocketgateway.subscription.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.json.JsonBody;
import dev.rocketgateway.subscription.fault.Faults;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parses and merges JSON objects (RFC 8259, UTF-8). A duplicate name is a fault. */
public final class JsonDocument {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Maximum number of arrays and objects in each other. A subscription has four. The methods here call themselves for each level. */
    private static final int MAX_LEVELS = 32;

    private JsonDocument() {}

    /**
     * Parses one JSON object. Adds a fault for each duplicate name and for each string that cannot be stored.
     *
     * @throws GatewayException {@code malformed-body} if the bytes are not one JSON object, {@code invalid-request} if they are
     *     beyond the limits
     */
    public static ObjectNode parse(byte[] body, Faults faults) {
        return JsonBody.parse(body, parser -> {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw GatewayException.of(ProblemType.MALFORMED_BODY, "The body is not a JSON object.");
            }
            var noted = new Faults();
            var object = object(parser, "", noted);
            JsonBody.expectEnd(parser);
            faults.addAll(noted.all());
            return object;
        });
    }

    private static ObjectNode object(JsonParser parser, String path, Faults faults) throws IOException {
        var object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var field = path.isEmpty() ? name : path + "." + name;
            parser.nextToken();
            var value = value(parser, field, faults);
            faults.check(field, faultOf(name));
            if (object.has(name)) {
                faults.add(field, "is given twice");
            } else {
                object.set(name, value);
            }
        }
        return object;
    }

    private static ArrayNode array(JsonParser parser, String path, Faults faults) throws IOException {
        var array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser, "%s[%d]".formatted(path, array.size()), faults));
        }
        return array;
    }

    private static JsonNode value(JsonParser parser, String path, Faults faults) throws IOException {
        if (parser.getParsingContext().getNestingDepth() > MAX_LEVELS) {
            throw GatewayException.of(
                    ProblemType.INVALID_REQUEST,
                    "The body is nested more than %d levels deep; use fewer levels.".formatted(MAX_LEVELS));
        }
        return switch (Objects.requireNonNull(parser.currentToken())) {
            case START_OBJECT -> object(parser, path, faults);
            case START_ARRAY -> array(parser, path, faults);
            case VALUE_STRING -> text(parser.getText(), path, faults);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    private static JsonNode text(String text, String path, Faults faults) {
        faults.check(path, faultOf(text));
        return NODES.textNode(text);
    }

    /** The fault of a string that a database or a header cannot hold, or null. */
    private static @Nullable String faultOf(String text) {
        if (text.indexOf('\0') >= 0) {
            return "must not contain the character U+0000";
        }
        return JsonBody.isUnicode(text) ? null : "contains half of a surrogate pair; send both halves";
    }

    /**
     * Merges the patch into a copy of the target (RFC 7396): fields of the patch replace those of the target, null fields are
     * removed, absent fields stay.
     */
    public static ObjectNode merged(ObjectNode target, ObjectNode patch) {
        var result = target.deepCopy();
        patch.properties().forEach(entry -> {
            var name = entry.getKey();
            if (entry.getValue().isNull()) {
                result.remove(name);
            } else if (entry.getValue() instanceof ObjectNode change) {
                var below = result.get(name) instanceof ObjectNode object ? object : NODES.objectNode();
                result.set(name, merged(below, change));
            } else {
                result.set(name, entry.getValue());
            }
        });
        return result;
    }
}
