package dev.rocketgateway.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The alerts and the dashboard of {@code k8s/components/monitoring}, and what their expressions ask for. */
public final class MonitoringFiles {

    private static final Path DIRECTORY = Path.of("k8s/components/monitoring");

    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern NAME = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{([^}]*)})?(\\s*\\()?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");

    private MonitoringFiles() {}

    /** One condition on a label, such as {@code status!="SEND_OK"}. */
    public record Condition(String label, String operator, String value) {

        /** The values that are written out; a variable of the dashboard is none. */
        public List<String> values() {
            return value.startsWith("$")
                    ? List.of()
                    : Arrays.stream(value.split("\\|")).toList();
        }
    }

    /** A metric that an expression asks for, and its conditions. */
    public record Selector(String metric, List<Condition> conditions) {}

    /** An expression in PromQL, and where it is. */
    public record Expression(String place, String text) {

        public List<Selector> selectors() {
            var found = new ArrayList<Selector>();
            var bare = GROUPING.matcher(RANGE.matcher(text).replaceAll("")).replaceAll("");
            var names = NAME.matcher(bare);
            while (names.find()) {
                if (names.group(3) == null && !OPERATORS.contains(names.group(1))) {
                    found.add(new Selector(names.group(1), conditions(names.group(2))));
                }
            }
            return found;
        }

        /** The labels that the results are grouped by, without those that belong to histograms. */
        public Set<String> groupings() {
            var labels = new TreeSet<String>();
            GROUPING.matcher(text)
                    .results()
                    .flatMap(group -> Arrays.stream(group.group(1).split(",")))
                    .map(String::strip)
                    .filter(label -> !label.equals("le"))
                    .forEach(labels::add);
            return labels;
        }

        private static List<Condition> conditions(String text) {
            return text == null
                    ? List.of()
                    : MATCHER.matcher(text)
                            .results()
                            .map(found -> new Condition(found.group(1), found.group(2), found.group(3)))
                            .toList();
        }
    }

    /** The rules of all alerts. */
    public static List<JsonNode> alerts() {
        var rules = new ArrayList<JsonNode>();
        read(new ObjectMapper(new YAMLFactory()), "alerts.yaml")
                .path("spec")
                .path("groups")
                .forEach(group -> group.path("rules").forEach(rules::add));
        return rules;
    }

    /** The panels of the dashboard, with its rows. */
    public static List<JsonNode> panels() {
        var panels = new ArrayList<JsonNode>();
        read(new ObjectMapper(), "dashboard.json").path("panels").forEach(panels::add);
        return panels;
    }

    /** All expressions of both. */
    public static List<Expression> expressions() {
        var all = new ArrayList<Expression>();
        for (var alert : alerts()) {
            all.add(new Expression(
                    alert.path("alert").textValue(), alert.path("expr").textValue()));
        }
        for (var panel : panels()) {
            for (var target : panel.path("targets")) {
                all.add(new Expression(
                        panel.path("title").textValue(), target.path("expr").textValue()));
            }
        }
        return all;
    }

    /** All metrics that any expression asks for. */
    public static Stream<String> metrics() {
        return expressions().stream()
                .flatMap(expression -> expression.selectors().stream())
                .map(Selector::metric)
                .distinct();
    }

    private static JsonNode read(ObjectMapper mapper, String file) {
        try {
            return mapper.readTree(DIRECTORY.resolve(file).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
