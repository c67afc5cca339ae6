package dev.rocketgateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds what the pages show of the programs to the files, which the integration tests run. */
class ExamplesDocsTest {

    private static final Path EXAMPLES = Path.of("docs/examples");
    private static final Page PUBLISHING = Page.of("docs/publishing.md");
    private static final Page WEBHOOKS = Page.of("docs/webhooks.md");
    private static final Page RECEIVING = Page.of("docs/receiving.md");

    @Test
    void everyProgramIsLinked() throws IOException {
        try (var files = Files.list(EXAMPLES)) {
            assertThat(files.filter(Files::isRegularFile).map(file -> "(examples/%s)".formatted(file.getFileName())))
                    .hasSizeGreaterThanOrEqualTo(4)
                    .allSatisfy(link -> assertThat(PUBLISHING.text()).contains(link));
        }
    }

    @Test
    void everyReceiverIsLinkedAndTheOneOnThePageIsTheFile() throws IOException {
        try (var files = Files.list(EXAMPLES.resolve("receive"))) {
            assertThat(files).hasSizeGreaterThanOrEqualTo(4).allSatisfy(file -> assertThat(WEBHOOKS.text())
                    .contains("(examples/receive/%s)".formatted(file.getFileName())));
        }
        var shown = WEBHOOKS.text().split("```python\n", 2)[1].split("```\n", 2)[0];
        assertThat(shown).isEqualTo(Files.readString(EXAMPLES.resolve("receive/receive.py")));
    }

    @Test
    void everyWorkerIsLinkedAndTheOneOnThePageIsTheFile() throws IOException {
        try (var files = Files.list(EXAMPLES.resolve("work"))) {
            assertThat(files).hasSize(5).allSatisfy(file -> assertThat(RECEIVING.text())
                    .contains("(examples/work/%s)".formatted(file.getFileName())));
        }
        var shown = RECEIVING.text().split("```python\n", 2)[1].split("```\n", 2)[0];
        assertThat(shown).isEqualTo(Files.readString(EXAMPLES.resolve("work/work.py")));
    }

    @Test
    void theProgramOnThePageIsTheFile() throws IOException {
        var shown = PUBLISHING.text().split("```js\n", 2)[1].split("```\n", 2)[0];

        assertThat(shown).isEqualTo(Files.readString(EXAMPLES.resolve("publish.mjs")));
    }
}
