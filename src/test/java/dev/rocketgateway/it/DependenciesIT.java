package dev.rocketgateway.it;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code docs/dependencies.md} says why each library of the package is there. It names no versions, which change every week. */
class DependenciesIT {

    private static final Path PACKAGE = Path.of(System.getProperty("gateway.package", "target/quarkus-app"));
    private static final Path SBOM = PACKAGE.resolveSibling("quarkus-run-cyclonedx.json");
    private static final Path TABLES = Path.of("docs/dependencies.md");
    private static final String OWN_GROUP = "dev.rocketgateway";
    private static final Pattern ARTIFACT = Pattern.compile("`([^`:]+:[^`:]+)`");

    private static List<Row> rows;
    private static List<JsonNode> libraries;

    /**
     * @param artifacts as {@code group:name}, with {@code *} for any text
     */
    private record Row(List<String> artifacts, String licenses, String why, String vulnerabilities) {

        static Row of(String line) {
            var cells = line.split("\\|");
            assertThat(cells).as(line).hasSize(5);
            var artifacts = ARTIFACT.matcher(cells[1])
                    .results()
                    .map(name -> name.group(1))
                    .toList();
            return new Row(artifacts, cells[2].strip(), cells[3].strip(), cells[4].strip());
        }

        boolean names(JsonNode library) {
            return artifacts.stream().anyMatch(artifact -> matches(artifact, library));
        }

        static boolean matches(String artifact, JsonNode library) {
            var pattern =
                    Stream.of(artifact.split("\\*", -1)).map(Pattern::quote).collect(joining(".*"));
            return id(library).matches(pattern);
        }
    }

    @BeforeAll
    static void read() throws IOException {
        rows = Files.readAllLines(TABLES).stream()
                .filter(line -> line.startsWith("| `"))
                .map(Row::of)
                .toList();
        libraries = new ArrayList<>();
        for (var component : new ObjectMapper().readTree(SBOM.toFile()).path("components")) {
            boolean packaged = !component.path("evidence").path("occurrences").isEmpty();
            if (packaged
                    && component.path("type").asText().equals("library")
                    && !component.path("group").asText().equals(OWN_GROUP)) {
                libraries.add(component);
            }
        }
    }

    private static String id(JsonNode library) {
        return library.path("group").asText() + ":" + library.path("name").asText();
    }

    @Test
    void hasOneRowForEachLibrary() {
        assertThat(libraries).hasSizeGreaterThan(100).allSatisfy(library -> assertThat(rows)
                .filteredOn(row -> row.names(library))
                .as("rows of %s in %s", id(library), TABLES)
                .hasSize(1));
    }

    @Test
    void namesNoLibraryThatIsGone() {
        assertThat(rows).flatExtracting(Row::artifacts).allSatisfy(artifact -> assertThat(libraries)
                .as("libraries that %s names", artifact)
                .anyMatch(library -> Row.matches(artifact, library)));
    }

    @Test
    void saysTheLicenseThatTheLibraryDeclares() {
        assertThat(libraries).allSatisfy(library -> assertThat(rows)
                .filteredOn(row -> row.names(library))
                .as(id(library))
                .allSatisfy(row -> assertThat(licenses(library)).isNotEmpty().anyMatch(declared -> row.licenses()
                        .contains(declared))));
    }

    private static List<String> licenses(JsonNode library) {
        return StreamSupport.stream(library.path("licenses").spliterator(), false)
                .map(license -> license.path("license"))
                .map(license -> license.has("id") ? license.path("id") : license.path("name"))
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void saysWhyAndWhatIsKnown() {
        assertThat(rows).hasSizeGreaterThan(20).allSatisfy(row -> {
            assertThat(row.why()).isNotEmpty();
            assertThat(row.vulnerabilities()).matches("none.*|.*(fixed in|not of).*");
        });
    }
}
