package dev.rocketgateway.subscription.document;

import dev.rocketgateway.problem.answer.Nearest;
import dev.rocketgateway.subscription.document.SubscriptionSchema.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Suggests existing fields for an unknown field of a subscription: at the same level, or at another level. */
final class UnknownField {

    private static final String WORDS = "is not a field of a subscription";

    /** Maximum number of paths to suggest for one name; more would not help. */
    private static final int MOST = 3;

    /** The paths of all fields, by the last segment. If a required field has this last segment, only its path. */
    private static final Map<String, List<String>> PATHS = paths();

    private UnknownField() {}

    /**
     * The fault of an unknown field, with suggestions.
     *
     * @param beside the existing fields at the level of the unknown field
     */
    static String fault(String name, Iterable<String> beside) {
        var known = new ArrayList<String>();
        beside.forEach(known::add);
        if (Nearest.of(name, known).isPresent()) {
            return Nearest.fault(WORDS, name, known);
        }
        return Nearest.of(name, PATHS.keySet())
                .map(PATHS::get)
                .filter(paths -> paths.size() <= MOST)
                .map(paths -> "%s; did you mean %s?"
                        .formatted(
                                WORDS,
                                FieldReader.either(
                                        paths.stream().map("`%s`"::formatted).toList())))
                .orElseGet(() -> Nearest.faultWithNames(WORDS, name, known));
    }

    private static Map<String, List<String>> paths() {
        var paths = new TreeMap<String, List<String>>();
        var required = new ArrayList<String>();
        collect("", SubscriptionSchema.ROOT, paths, required);
        for (var path : required) {
            paths.put(path.substring(path.lastIndexOf('.') + 1), List.of(path));
        }
        paths.values().removeIf(List::isEmpty);
        return paths;
    }

    private static void collect(
            String prefix, Node.Group group, Map<String, List<String>> paths, List<String> required) {
        new TreeMap<>(group.fields()).forEach((name, node) -> {
            var path = prefix + name;
            paths.computeIfAbsent(name, first -> new ArrayList<>()).add(path);
            if (node instanceof Node.Value value && value.required()) {
                required.add(path);
            }
            if (node instanceof Node.Group below) {
                collect(path + ".", below, paths, required);
            }
        });
    }
}
