package dev.rocketgateway.docs;

import dev.rocketgateway.testing.ConfigJavadoc;
import dev.rocketgateway.testing.ConfigKeys;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Replaces the rows of each table of the gateway's keys by those of the configuration interfaces. A table has all keys of each
 * group of which it has a key, such as {@code gateway.publish}; a new group needs a table with one row.
 */
final class ConfigurationTables {

    private static final Pattern GROUP = Pattern.compile("\\| `(gateway\\.[a-z-]+).*");

    private static final Pattern NAME = Pattern.compile("dev\\.rocketgateway\\.[\\w.$]*Config[\\w$]*");

    private final ConfigJavadoc javadoc = ConfigJavadoc.read();
    private final Map<String, Method> leading = leading();

    /** The page with new rows. */
    static String in(String page) {
        return new ConfigurationTables().replaced(page);
    }

    private String replaced(String page) {
        var lines = new ArrayList<String>();
        var groups = new LinkedHashSet<String>();
        Stream.concat(page.lines(), Stream.of("")).forEach(line -> {
            var row = GROUP.matcher(line);
            if (row.matches()) {
                groups.add(row.group(1));
                return;
            }
            groups.forEach(group -> lines.addAll(rows(group)));
            groups.clear();
            lines.add(line);
        });
        return String.join("\n", lines);
    }

    private List<String> rows(String group) {
        return ConfigKeys.all().values().stream()
                .filter(key -> key.name().equals(group) || key.name().startsWith(group + "."))
                .sorted(Comparator.comparing((ConfigKeys.Key key) -> positions(key.method()), Arrays::compare)
                        .thenComparing(ConfigKeys.Key::name))
                .map(this::row)
                .toList();
    }

    /** The positions of the key and of the methods that lead to it, so that the order does not depend on files. */
    private int[] positions(Method key) {
        var positions = new ArrayDeque<Integer>();
        for (var method = key;
                method != null;
                method = leading.get(method.getDeclaringClass().getName())) {
            positions.addFirst(javadoc.position(method));
        }
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The method that returns each interface, by the name of the interface. */
    private static Map<String, Method> leading() {
        var leading = new HashMap<String, Method>();
        ConfigKeys.all().values().stream()
                .flatMap(key -> Arrays.stream(key.method().getDeclaringClass().getMethods()))
                .forEach(method -> NAME.matcher(method.getGenericReturnType().getTypeName())
                        .results()
                        .forEach(type -> leading.put(type.group(), method)));
        return leading;
    }

    private String row(ConfigKeys.Key key) {
        var meaning = javadoc.of(key.method());
        return "| `%s` | `%s` | %s | %s |"
                .formatted(
                        key.name(),
                        key.name().replaceAll("[^A-Za-z0-9<>]", "_").toUpperCase(Locale.ROOT),
                        defaultOf(key),
                        meaning == null ? "" : meaning.replace("|", "\\|"));
    }

    private static String defaultOf(ConfigKeys.Key key) {
        if (key.required()) {
            return "**required**";
        }
        return key.defaultValue() == null ? "–" : "`" + key.defaultValue() + "`";
    }
}
