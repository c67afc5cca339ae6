package dev.rocketgateway.subscription;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/** JSON objects as RFC 8259 has them, in UTF-8; a name that comes twice is a fault. */
final class JsonDocument {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JsonDocument() {}

    /**
     * @throws GatewayException {@code malformed-body} if the bytes are not one JSON object
     */
    static ObjectNode parse(byte[] body, Faults faults) {
        try (var parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw GatewayException.of(ProblemType.MALFORMED_BODY, "The body is not a JSON object.");
            }
            var object = object(parser, "", faults);
            if (parser.nextToken() != null) {
                throw GatewayException.of(ProblemType.MALFORMED_BODY, "The body goes on after its JSON value.");
            }
            return object;
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw GatewayException.causedBy(
                    e,
                    ProblemType.MALFORMED_BODY,
                    at == null
                            ? "The body is not JSON."
                            : "The body is not JSON, or not in UTF-8: see line %d, column %d."
                                    .formatted(at.getLineNr(), at.getColumnNr()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode object(JsonParser parser, String path, Faults faults) throws IOException {
        var object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            var field = path.isEmpty() ? name : path + "." + name;
            parser.nextToken();
            var value = value(parser, field, faults);
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
        return switch (Objects.requireNonNull(parser.currentToken())) {
            case START_OBJECT -> object(parser, path, faults);
            case START_ARRAY -> array(parser, path, faults);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    /** RFC 7396: what the patch has replaces, what it has as null goes, what it has not stays. */
    static ObjectNode merged(ObjectNode target, ObjectNode patch) {
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
