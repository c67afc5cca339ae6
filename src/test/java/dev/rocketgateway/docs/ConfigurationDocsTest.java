package dev.rocketgateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.ConfigKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Writes the tables of {@code docs/configuration.md} from the configuration interfaces, and holds it, and every other page to the keys that exist. */
class ConfigurationDocsTest {

    private static final Page CONFIGURATION = Page.of("docs/configuration.md");

    private static final Pattern MENTIONED_KEY = Pattern.compile("(?<![a-z-])gateway\\.[a-z0-9<>.-]*[a-z0-9>]");
    private static final Pattern MENTIONED_VARIABLE = Pattern.compile("\\bGATEWAY_[A-Z0-9_<>]*[A-Z0-9>]");

    /** Settings of the build, which only look like keys. */
    private static final Set<String> OF_THE_BUILD = Set.of("gateway.java.home");

    /** Shown as a typo, which stops the start. */
    private static final Set<String> UNKNOWN =
            Set.of("gateway.publish.max-message-siz", "GATEWAY_PUBLISH_MAX_MESSAGE_SIZ");

    /** Variables that are shown as no settings: those of a Service and of callers, and one that a value refers to. */
    private static final Set<String> OF_OTHERS =
            Set.of("GATEWAY_SERVICE_HOST", "GATEWAY_PORT_8080_TCP_ADDR", "GATEWAY_API_KEY", "GATEWAY_DB_PASSWORD");

    /** The Javadoc of the interfaces is the only place where the meaning of a key is written. */
    @Test
    void theTablesAreThoseOfTheInterfaces() throws IOException {
        var generated = ConfigurationTables.in(CONFIGURATION.text());
        if (Boolean.getBoolean("configuration.update")) {
            Files.writeString(CONFIGURATION.path(), generated);
        }

        assertThat(generated)
                .as("write the page with ./mvnw test -Dtest=ConfigurationDocsTest -Dconfiguration.update=true")
                .isEqualTo(Files.readString(CONFIGURATION.path()));
    }

    @Test
    void everyKeyHasOneRow() {
        assertThat(CONFIGURATION.rows("`gateway\\..*`"))
                .extracting(ConfigurationDocsTest::key)
                .containsExactlyInAnyOrderElementsOf(ConfigKeys.all().keySet());
    }

    @Test
    void everyKeyHasAMeaning() {
        assertThat(CONFIGURATION.rows("`gateway\\..*`")).allSatisfy(row -> {
            assertThat(row).as(key(row)).hasSize(4);
            assertThat(row.get(3)).as(key(row)).endsWith(".");
        });
    }

    @Test
    void theServersKeysAreSetToWhatTheirRowsSay() throws IOException {
        var properties = new Properties();
        try (var file = Files.newBufferedReader(Path.of("src/main/resources/application.properties"))) {
            properties.load(file);
        }
        var set = CONFIGURATION.text().split("## The server underneath")[1].split("Others that are often wanted")[0];
        var rows = CONFIGURATION.rows("`quarkus\\..*`").stream()
                .filter(row -> set.contains("| " + row.get(0) + " |"))
                .toList();

        assertThat(rows).isNotEmpty().allSatisfy(row -> assertThat(row.get(2))
                .as(key(row))
                .isEqualTo("`" + properties.getProperty(key(row)) + "`"));
    }

    @Test
    void noPageNamesAKeyThatDoesNotExist() {
        assertThat(Page.all()).allSatisfy(page -> assertThat(page.all(MENTIONED_KEY))
                .filteredOn(text -> !OF_THE_BUILD.contains(text) && !UNKNOWN.contains(text))
                .as(page.path().toString())
                .allMatch(ConfigurationDocsTest::isKeyOrGroup));
    }

    @Test
    void noPageNamesAnEnvironmentVariableThatSetsNothing() {
        assertThat(Page.all()).allSatisfy(page -> assertThat(page.all(MENTIONED_VARIABLE))
                .filteredOn(text -> !OF_OTHERS.contains(text) && !UNKNOWN.contains(text))
                .as(page.path().toString())
                .map(text -> text.replace("<NAME>", "X"))
                .allMatch(ConfigurationDocsTest::setsAKey));
    }

    private static boolean isKeyOrGroup(String text) {
        return ConfigKeys.all().values().stream()
                .anyMatch(key -> key.isSetByProperty(text)
                        || key.name().startsWith(text + ".")
                        || key.name().startsWith(text + "["));
    }

    private static boolean setsAKey(String variable) {
        return ConfigKeys.all().values().stream().anyMatch(key -> key.isSetByVariable(variable));
    }

    private static String key(List<String> row) {
        return row.get(0).replace("`", "");
    }
}
