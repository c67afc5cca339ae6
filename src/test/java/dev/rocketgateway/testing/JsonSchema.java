package dev.rocketgateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Holds JSON to the schemas of an API's description.
 *
 * <p>Stricter than JSON Schema: a member that the schema does not name is a fault unless the schema says that there may be
 * more, and so is a keyword that this class does not know.
 */
public final class JsonSchema {

    private static final Set<String> SAY_NOTHING = Set.of("description", "examples", "default", "format");
    private static final Set<String> CHECKED = Set.of(
            "type",
            "enum",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "minItems",
            "minimum",
            "maximum",
            "maxItems",
            "maxLength",
            "pattern");

    private final OpenApiDocument document;
    private final List<String> faults = new ArrayList<>();

    private JsonSchema(OpenApiDocument document) {
        this.document = document;
    }

    /** What is wrong with the value, each fault with the place where it is. */
    public static List<String> faults(OpenApiDocument document, JsonNode schema, JsonNode value) {
        var check = new JsonSchema(document);
        check.check("", schema, value);
        return check.faults;
    }

    private void check(String at, JsonNode given, JsonNode value) {
        var schema = document.resolve(given);
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!SAY_NOTHING.contains(keyword) && !CHECKED.contains(keyword)) {
                faults.add("%s: the keyword %s is not checked".formatted(at, keyword));
            }
        });
        if (schema.has("type") && !isOfOneType(schema.get("type"), value)) {
            faults.add("%s: %s is no %s".formatted(at, value, schema.get("type")));
            return;
        }
        if (schema.has("enum") && !contains(schema.get("enum"), value)) {
            faults.add("%s: %s is none of %s".formatted(at, value, schema.get("enum")));
        }
        if (value.isObject()) {
            checkMembers(at, schema, value);
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                check(at + "/" + i, schema.path("items"), value.get(i));
            }
            expect(
                    at,
                    value,
                    "minItems",
                    value.size() >= schema.path("minItems").asInt(0));
            expect(
                    at,
                    value,
                    "maxItems",
                    value.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE));
        } else if (value.isNumber()) {
            expect(
                    at,
                    value,
                    "minimum",
                    value.asDouble() >= schema.path("minimum").asDouble(-Double.MAX_VALUE));
            expect(
                    at,
                    value,
                    "maximum",
                    value.asDouble() <= schema.path("maximum").asDouble(Double.MAX_VALUE));
        } else if (value.isTextual()) {
            var text = value.textValue();
            expect(
                    at,
                    value,
                    "maxLength",
                    text.length() <= schema.path("maxLength").asInt(Integer.MAX_VALUE));
            expect(at, value, "pattern", text.matches(schema.path("pattern").asText("(?s).*")));
        }
    }

    private void checkMembers(String at, JsonNode schema, JsonNode value) {
        schema.path("required").forEach(name -> {
            if (!value.has(name.textValue())) {
                faults.add("%s: %s is missing".formatted(at, name));
            }
        });
        var properties = schema.path("properties");
        var more = schema.path("additionalProperties");
        boolean anything = more.isMissingNode() ? properties.isMissingNode() : more.asBoolean();
        value.properties().forEach(member -> {
            var place = at + "/" + member.getKey();
            if (properties.has(member.getKey())) {
                check(place, properties.get(member.getKey()), member.getValue());
            } else if (more.isObject()) {
                check(place, more, member.getValue());
            } else if (!anything) {
                faults.add("%s: is not in the schema".formatted(place));
            }
        });
    }

    private void expect(String at, JsonNode value, String keyword, boolean holds) {
        if (!holds) {
            faults.add("%s: %s is against %s".formatted(at, value, keyword));
        }
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        for (var each : list) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfOneType(JsonNode types, JsonNode value) {
        if (types.isTextual()) {
            return isOfType(types.textValue(), value);
        }
        for (var type : types) {
            if (isOfType(type.textValue(), value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfType(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new IllegalArgumentException(type);
        };
    }
}
