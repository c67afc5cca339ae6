package dev.rocketgateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Holds that the tests of a class can be found: a class {@code X} with code has a test {@code XTest}, {@code XResourceTest} or
 * {@code XIT}, or a line in {@code tested-by.txt}.
 */
class TestedByTest {

    private static final String ROOT = "dev.rocketgateway";
    private static final Path TESTS = Path.of("src/test/java");
    private static final List<String> SUFFIXES = List.of("Test", "ResourceTest", "IT");

    private final Map<String, List<String>> listed = listed();
    private final Set<String> tests = tests();

    @Test
    void everyClassHasATestOfItsNameOrALine() {
        var missing = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages(ROOT).stream()
                        .filter(TestedByTest::hasCode)
                        .map(type -> type.getName().substring(ROOT.length() + 1))
                        .filter(name -> !hasTestOfItsName(name) && !listed.containsKey(name))
                        .toList();

        assertThat(missing)
                .as("write XTest beside the class, or add a line to src/test/resources/tested-by.txt")
                .isEmpty();
    }

    @Test
    void everyLineNamesAClassWithoutATestOfItsName() {
        assertThat(listed.keySet()).allSatisfy(name -> {
            assertThat(Path.of("src/main/java", ROOT.replace('.', '/'), name.replace('.', '/') + ".java"))
                    .exists();
            assertThat(hasTestOfItsName(name)).as(name).isFalse();
        });
    }

    @Test
    void everyTestThatIsListedExists() {
        assertThat(listed)
                .allSatisfy((name, by) -> assertThat(by).as(name).isNotEmpty().allMatch(this::exists));
    }

    /** A JVM has one Quarkus application at a time, and classes of tests run beside each other. */
    @Test
    void testsWithQuarkusTakeTurns() {
        var together = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS).importPackages(ROOT).stream()
                        .filter(type -> type.isAnnotatedWith(QuarkusTest.class))
                        .filter(type -> !type.isAnnotatedWith(ResourceLock.class))
                        .map(JavaClass::getName)
                        .toList();

        assertThat(together).as("add @ResourceLock(\"quarkus\")").isEmpty();
    }

    /** Interfaces are tested where they are implemented. */
    private static boolean hasCode(JavaClass type) {
        return type.isTopLevelClass()
                && !type.isInterface()
                && !type.getSimpleName().equals("package-info")
                && !type.getSimpleName().endsWith("_ClientProxy");
    }

    private boolean hasTestOfItsName(String name) {
        var simple = name.substring(name.lastIndexOf('.') + 1);
        return SUFFIXES.stream().anyMatch(suffix -> tests.contains(simple + suffix));
    }

    private boolean exists(String test) {
        return test.contains("/") ? Files.exists(Path.of(test)) : tests.contains(test);
    }

    private static Map<String, List<String>> listed() {
        try (var lines = Files.lines(Path.of("src/test/resources/tested-by.txt"))) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .collect(Collectors.toMap(
                            line -> line[0],
                            line -> Arrays.asList(line[1].split(", ")),
                            (first, second) -> first,
                            LinkedHashMap::new));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<String> tests() {
        try (var files = Files.walk(TESTS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
