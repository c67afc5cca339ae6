package dev.rocketgateway.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares what kustomize makes of k8s/ with what helm makes of chart/. {@code src/test/k8s/run} renders both and runs this test. */
@EnabledIfSystemProperty(named = "rendered", matches = ".+")
class RenderedTest {

    /** The directory with the rendered files. */
    private static Path rendered() {
        return Path.of(System.getProperty("rendered", "target/k8s"));
    }

    static List<Path> all() {
        return Manifests.files(rendered(), ".yaml").stream()
                .filter(file -> file.startsWith(rendered().resolve("kustomize"))
                        || file.startsWith(rendered().resolve("chart")))
                .toList();
    }

    static List<String> both() {
        return Manifests.files(rendered().resolve("chart"), ".yaml").stream()
                .map(file -> file.getFileName().toString())
                .filter(file -> !file.startsWith("another"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyObjectHasOnlyKnownFields(Path file) {
        assertThat(StrictYaml.objects(file)).hasSizeGreaterThan(5);
    }

    @ParameterizedTest
    @MethodSource("both")
    void theChartHasTheSameObjects(String file) {
        var kustomize = objects(rendered().resolve("kustomize").resolve(file));
        var chart = objects(rendered().resolve("chart").resolve(file));

        assertThat(chart.keySet()).isEqualTo(kustomize.keySet());
        assertThat(chart).allSatisfy((name, object) -> assertThat(object.toPrettyString())
                .as(name)
                .isEqualTo(kustomize.get(name).toPrettyString()));
    }

    private static Map<String, JsonNode> objects(Path file) {
        var objects = new TreeMap<String, JsonNode>();
        for (var document : StrictYaml.documents(file)) {
            var object = comparable(document);
            var name = object.path("kind").asText() + "/"
                    + object.at("/metadata/name").asText();
            assertThat(objects.put(name, object)).as("%s twice", name).isNull();
        }
        return objects;
    }

    /**
     * An object with its fields and variables in order, and without the two ways to restart pods with changed settings: a hash in the name
     * of the ConfigMap with kustomize, a checksum in an annotation with helm.
     */
    private static JsonNode comparable(JsonNode node) {
        if (node instanceof ObjectNode object) {
            var sorted = object.objectNode();
            var names = new TreeMap<String, JsonNode>();
            object.properties().forEach(field -> names.put(field.getKey(), field.getValue()));
            names.remove("checksum/settings");
            names.forEach((name, value) -> sorted.set(name, name.equals("env") ? inOrder(value) : comparable(value)));
            return sorted;
        }
        if (node instanceof ArrayNode array) {
            var elements = array.arrayNode();
            array.forEach(element -> elements.add(comparable(element)));
            return elements;
        }
        if (node.isTextual()) {
            return JsonNodeFactory.instance.textNode(
                    node.asText().replaceFirst("-settings-[a-z0-9]{10}$", "-settings"));
        }
        return node;
    }

    private static JsonNode inOrder(JsonNode variables) {
        var sorted = JsonNodeFactory.instance.arrayNode();
        StreamSupport.stream(variables.spliterator(), false)
                .sorted(Comparator.comparing(variable -> variable.path("name").asText()))
                .forEach(variable -> sorted.add(comparable(variable)));
        return sorted;
    }
}
