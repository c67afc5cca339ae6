package dev.rocketgateway.subscription.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.file.SubscriptionFile.FaultyFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionFileTest {

    @Test
    void readsTheDocumentOfTheApiAsYaml() throws FaultyFileException {
        var read = SubscriptionFile.read("billing.yaml", """
                # comments are allowed
                name: billing
                source:
                  topic: orders
                  consumerGroup: GID_billing
                  filter: {type: TAG, expression: "paid || refunded"}
                endpoint:
                  url: http://billing/hook
                  timeout: 5s
                retry: {maxAttempts: 3, schedule: [1s, 10s]}
                state: PAUSED
                """);

        assertThat(read.name()).isEqualTo("billing");
        assertThat(read.origin()).isEqualTo(Subscription.Origin.CONFIG);
        assertThat(read.source().consumerGroup()).hasToString("GID_billing");
        assertThat(read.source().filter().expression()).isEqualTo("paid || refunded");
        assertThat(read.state()).isEqualTo(Subscription.State.PAUSED);
    }

    @Test
    void readsTheFilesOfTheDocumentation() throws IOException, FaultyFileException {
        var page = Files.readString(Path.of("docs/subscriptions.md"));
        var files = Pattern.compile("```yaml\n(source:.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .toList();

        assertThat(files).hasSizeGreaterThanOrEqualTo(1);
        for (var file : files) {
            assertThat(SubscriptionFile.read("billing.yaml", file.group(1)).name())
                    .isEqualTo("billing");
        }
    }

    @Test
    void readsJsonAndTakesTheNameFromTheFile() throws FaultyFileException {
        var read = SubscriptionFile.read("billing.json", "{\"source\": {\"topic\": \"orders\"}, \"pull\": {}}");

        assertThat(read.name()).isEqualTo("billing");
        assertThat(read.pull()).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "source: {topic: orders}\\nendpoint: {url: 3} | endpoint.url: must be a string",
                "source: {topic: orders}\\nendpoint: {urls: x} | endpoint.urls: is not a field",
                "source: {topic: orders} | endpoint.url",
                "name: other\\nsource: {topic: orders} | name must be 'billing', the file's name without its ending",
                "source: {topic: orders}\\nsource: {topic: more} | must be valid YAML and have exactly one document (line 2",
                "source: {topic: orders, filter: {expression: *}} | strings that begin with * need quotes",
                "source: {topic: orders}\\n---\\nsource: {topic: more} | must be valid YAML and have exactly one document",
                "just text | must have the fields of a subscription",
                "[] | must have the fields of a subscription",
                "~~ | must have the fields of a subscription"
            })
    void namesEveryFault(String text, String fault) {
        assertThatThrownBy(() -> SubscriptionFile.read("billing.yaml", text.replace("\\n", "\n")))
                .isInstanceOf(FaultyFileException.class)
                .hasMessageContaining(fault);
    }

    @Test
    void saysNothingOfWhatAFaultyFileHas() {
        assertThatThrownBy(() -> SubscriptionFile.read("billing.yaml", "a: [hidden-token\nb: }"))
                .hasMessageNotContaining("hidden-token");
    }

    @ParameterizedTest
    @CsvSource({
        "billing.yaml, true",
        "billing.yml, true",
        "billing.json, true",
        "..data, false",
        ".billing.yaml.swp, false",
        ".billing.yaml, false",
        "README.md, false",
        "billing.yaml~, false"
    })
    void isOnlyAFileWithOneOfTheEndings(String name, boolean is) {
        assertThat(SubscriptionFile.isNamed(name)).isEqualTo(is);
    }
}
