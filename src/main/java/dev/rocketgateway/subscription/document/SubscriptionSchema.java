package dev.rocketgateway.subscription.document;

import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Lists the fields of a subscription in JSON, derived from {@link SubscriptionsConfig}: camel case instead of dashes. */
final class SubscriptionSchema {

    private static final String EACH = "[*]";
    private static final String CHOSEN = "*";

    /** The structure of a field. */
    sealed interface Node {

        /** One value. */
        record Value(Field.Type type, boolean required) implements Node {}

        /** An array of strings. */
        record Texts() implements Node {}

        /** An object with names chosen by the user and strings as values. */
        record Names() implements Node {}

        /** An object with fields. */
        record Group(Map<String, Node> fields) implements Node {}

        /** An array of objects with fields. */
        record Groups(Group each) implements Node {}
    }

    static final Node.Group ROOT = read();

    private SubscriptionSchema() {}

    private static Node.Group read() {
        var prefix = SubscriptionConfigs.PREFIX + "." + CHOSEN + ".";
        var root = new Node.Group(new LinkedHashMap<>());
        var byName = new TreeMap<String, Property>();
        ConfigMappings.getProperties(ConfigMappings.ConfigClass.configClass(SubscriptionsConfig.class))
                .forEach((path, property) -> byName.put(path.substring(prefix.length()), property));
        byName.forEach((path, property) -> add(root, path, property));
        return frozen(root);
    }

    private static void add(Node.Group group, String path, Property property) {
        int dot = path.indexOf('.');
        var segment = dot < 0 ? path : path.substring(0, dot);
        var name = camelCase(segment.replace(EACH, ""));
        if (segment.equals(CHOSEN)) {
            throw new IllegalStateException(
                    "if users choose the keys of a map, its values must be plain values, not groups of settings: "
                            + path);
        }
        if (dot < 0) {
            // A list of strings appears twice: first as a whole, then by its elements.
            group.fields().put(name, segment.endsWith(EACH) ? new Node.Texts() : value(property));
        } else if (path.substring(dot + 1).equals(CHOSEN)) {
            group.fields().put(name, new Node.Names());
        } else if (segment.endsWith(EACH)) {
            var each = (Node.Groups) group.fields()
                    .computeIfAbsent(name, absent -> new Node.Groups(new Node.Group(new LinkedHashMap<>())));
            add(each.each(), path.substring(dot + 1), property);
        } else {
            var below =
                    (Node.Group) group.fields().computeIfAbsent(name, absent -> new Node.Group(new LinkedHashMap<>()));
            add(below, path.substring(dot + 1), property);
        }
    }

    private static Node.Value value(Property property) {
        var field = property.getMethod().getAnnotation(Field.class);
        return field == null ? new Node.Value(Field.Type.TEXT, false) : new Node.Value(field.value(), field.required());
    }

    private static Node.Group frozen(Node.Group group) {
        group.fields().replaceAll((name, node) -> node instanceof Node.Group below ? frozen(below) : node);
        return new Node.Group(Collections.unmodifiableMap(group.fields()));
    }

    private static String camelCase(String segment) {
        var name = new StringBuilder();
        for (var word : segment.split("-")) {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }
}
