package dev.rocketgateway.subscription.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.subscription.EndpointHeaders;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.SubscriptionSchema.Node;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads a subscription from JSON.
 *
 * <pre>
 *   JSON ──▶ fields and types of the schema ──▶ settings ──▶ SubscriptionsConfig ──▶ SubscriptionReader
 *                       │                                              (the defaults)              │
 *                       └────────────────────────────── faults ────────────────────────────────────┘
 * </pre>
 */
public final class SubscriptionDocument {

    /**
     * Fields that the gateway adds to responses. It ignores them in requests, so a caller can use a response as the body of a later
     * request.
     */
    static final Set<String> READ_ONLY = Set.of("origin", "generation", "stateReason", "status");

    public static final String NAME = "name";

    /** Field of a key in responses; it is derived from the secret and ignored in requests. */
    public static final String PUBLIC_KEY = "publicKey";

    private final Faults faults;
    private final Map<String, String> settings = new LinkedHashMap<>();

    private SubscriptionDocument(Faults faults) {
        this.faults = faults;
    }

    /**
     * Reads a subscription from a JSON object.
     *
     * @param faults faults that are already known
     * @throws InvalidSubscriptionException naming every faulty field
     */
    public static Subscription read(
            String name, ObjectNode document, DocumentSource rules, long generation, Faults faults) {
        var reader = new SubscriptionDocument(faults);
        var fields = document.deepCopy();
        fields.remove(NAME);
        fields.remove(READ_ONLY);
        reader.group(SubscriptionSchema.ROOT, fields, "");
        if (fields.path(PullFields.PULL).isObject()) {
            PullFields.complete(reader.settings, fields, faults);
        }
        return SubscriptionReader.read(name, SubscriptionConfigs.of(reader.settings), rules, generation, faults);
    }

    private void group(Node.Group group, ObjectNode object, String path) {
        object.properties().forEach(entry -> {
            var field = path + entry.getKey();
            var node = group.fields().get(entry.getKey());
            if (node == null) {
                faults.add(
                        field, UnknownField.fault(entry.getKey(), group.fields().keySet()));
            } else if (!entry.getValue().isNull()) {
                field(node, entry.getValue(), field);
            }
        });
    }

    private void field(Node node, JsonNode value, String field) {
        if (node instanceof Node.Value scalar) {
            value(scalar.type(), value, field);
        } else if (node instanceof Node.Texts) {
            texts(value, field);
        } else if (node instanceof Node.Names) {
            names(value, field);
        } else if (node instanceof Node.Group group) {
            if (value instanceof ObjectNode object) {
                group(group, object, field + ".");
            } else {
                faults.add(field, "must be an object");
            }
        } else if (node instanceof Node.Groups groups) {
            groups(groups, value, field);
        }
    }

    private void value(Field.Type type, JsonNode value, String field) {
        var fault =
                switch (type) {
                    case TEXT -> value.isTextual() ? null : "must be a string";
                    case NUMBER -> value.isNumber() ? null : "must be a number";
                    case BOOLEAN -> value.isBoolean() ? null : "must be true or false";
                };
        if (fault == null) {
            set(field, value.asText());
        } else {
            faults.add(field, fault);
        }
    }

    private void texts(JsonNode value, String field) {
        if (!value.isArray()) {
            faults.add(field, "must be an array of strings");
            return;
        }
        if (value.isEmpty()) {
            // An empty string stands for the empty list. Null would mean the default, like an absent field.
            set(field, "");
        }
        int index = 0;
        for (var element : value) {
            var name = "%s[%d]".formatted(field, index++);
            if (element.isTextual() && !element.textValue().isEmpty()) {
                set(name, element.textValue());
            } else {
                faults.add(field, "must be an array of strings");
            }
        }
    }

    private void names(JsonNode value, String field) {
        if (!(value instanceof ObjectNode object)) {
            faults.add(field, "must be an object whose values are strings");
            return;
        }
        object.properties().forEach(entry -> {
            var fault = EndpointHeaders.faultOfName(entry.getKey());
            if (fault != null) {
                faults.add(field + "." + entry.getKey(), fault);
            } else if (entry.getValue().isNull()) {
                return;
            } else if (entry.getValue().isTextual()
                    && !entry.getValue().textValue().isEmpty()) {
                settings.put(
                        SubscriptionConfigs.kebabCase(field) + ".\"" + entry.getKey() + "\"",
                        entry.getValue().textValue());
            } else {
                faults.add(field + "." + entry.getKey(), "must be a non-empty string");
            }
        });
    }

    private void groups(Node.Groups groups, JsonNode value, String field) {
        if (!value.isArray()) {
            faults.add(field, "must be an array of objects");
            return;
        }
        int index = 0;
        for (var element : value) {
            var name = "%s[%d]".formatted(field, index++);
            if (element instanceof ObjectNode object) {
                object.remove(PUBLIC_KEY);
                group(groups.each(), object, name + ".");
            } else {
                faults.add(name, "must be an object");
            }
        }
    }

    private void set(String field, String text) {
        settings.put(SubscriptionConfigs.kebabCase(field), text);
    }
}
