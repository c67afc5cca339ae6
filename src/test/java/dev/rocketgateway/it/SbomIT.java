package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The list of components that the build writes beside the package. */
class SbomIT {

    private static final Path PACKAGE = Path.of(System.getProperty("gateway.package", "target/quarkus-app"));
    private static final Path SBOM = PACKAGE.resolveSibling("quarkus-run-cyclonedx.json");

    private static final Pattern TEST_DEPENDENCY = Pattern.compile(
            "<dependency>\\s*<groupId>[^<]*</groupId>\\s*<artifactId>([^<]*)</artifactId>(?:(?!</dependency>).)*<scope>test</scope>",
            Pattern.DOTALL);

    /** Components of the package; those of the build are in the SBOM too, with another scope. */
    private static List<JsonNode> packaged;

    @BeforeAll
    static void read() throws IOException {
        var components = new ObjectMapper().readTree(SBOM.toFile()).path("components");
        packaged = StreamSupport.stream(components.spliterator(), false)
                .filter(component -> StreamSupport.stream(
                                component.path("properties").spliterator(), false)
                        .anyMatch(property -> property.path("name").asText().equals("quarkus:component:scope")
                                && property.path("value").asText().equals("runtime")))
                .toList();
    }

    @Test
    void namesEveryFileOfThePackageWithItsHashAndNothingElse() throws IOException {
        var named = new TreeMap<String, String>();
        for (var component : packaged) {
            for (var occurrence : component.path("evidence").path("occurrences")) {
                named.put(occurrence.path("location").asText(), sha256(component));
            }
        }

        assertThat(named).isNotEmpty().isEqualTo(filesOfThePackage());
    }

    @Test
    void givesEachLibraryAVersionAndAPackageUrl() {
        assertThat(packaged)
                .filteredOn(component -> component.path("type").asText().equals("library"))
                .hasSizeGreaterThan(100)
                .allSatisfy(component -> assertThat(component.path("purl").asText())
                        .startsWith("pkg:maven/")
                        .contains("/" + component.path("name").asText() + "@"
                                + component.path("version").asText()));
    }

    @Test
    void namesNothingThatOnlyTestsUse() throws IOException {
        var tests = TEST_DEPENDENCY
                .matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .map(dependency -> dependency.group(1))
                .toList();
        assertThat(tests).contains("assertj-core", "rest-assured");
        // Needed by Swagger UI too.
        var alsoPackaged = List.of("jackson-dataformat-yaml");

        assertThat(packaged)
                .extracting(component -> component.path("name").asText())
                .filteredOn(name -> !alsoPackaged.contains(name))
                .doesNotContainAnyElementsOf(tests);
    }

    /** What a release publishes. */
    @Test
    void theScriptKeepsWhatIsPackagedAndNoReferenceToMore() throws Exception {
        assumeTrue(isInstalled("jq"), "src/main/sbom/packaged needs jq");
        var process = new ProcessBuilder("src/main/sbom/packaged", SBOM.toString())
                .redirectErrorStream(true)
                .start();
        var kept = new ObjectMapper().readTree(process.getInputStream().readAllBytes());

        assertThat(kept.path("components")).containsExactlyElementsOf(packaged);
        var ids = new HashSet<String>();
        packaged.forEach(component -> ids.add(component.path("bom-ref").asText()));
        assertThat(kept.path("dependencies")).isNotEmpty().allSatisfy(dependency -> {
            assertThat(ids).contains(dependency.path("ref").asText());
            assertThat(dependency.path("dependsOn"))
                    .allSatisfy(on -> assertThat(ids).contains(on.asText()));
        });
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static String sha256(JsonNode component) {
        for (var hash : component.path("hashes")) {
            if (hash.path("alg").asText().equals("SHA-256")) {
                return hash.path("content").asText();
            }
        }
        return "";
    }

    private static Map<String, String> filesOfThePackage() throws IOException {
        var paths = new ArrayList<Path>();
        try (var files = Files.walk(PACKAGE)) {
            files.filter(Files::isRegularFile).forEach(paths::add);
        }
        var hashes = new TreeMap<String, String>();
        for (var path : paths) {
            hashes.put(PACKAGE.relativize(path).toString(), sha256(path));
        }
        return hashes;
    }

    private static String sha256(Path file) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
