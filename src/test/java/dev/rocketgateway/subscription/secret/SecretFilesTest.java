package dev.rocketgateway.subscription.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.subscription.MissingSecretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFilesTest {

    @TempDir
    Path directory;

    @Test
    void readsAFileAndReadsItAgainWhenItWasChanged() throws IOException, MissingSecretException {
        var files = new SecretFiles(directory);
        var file = Files.createDirectories(directory.resolve("billing")).resolve("token");
        Files.writeString(file, "first\n");
        assertThat(files.read("billing/token")).isEqualTo("first");

        Files.writeString(file, "second\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(2)));

        assertThat(files.read("billing/token")).isEqualTo("second");
    }

    /** Kubernetes mounts a secret as links into a directory that it replaces as a whole. */
    @Test
    void noticesThatALinkLeadsElsewhereThoughTheAgeIsTheSame() throws IOException, MissingSecretException {
        var age = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        for (var version : new String[] {"1", "2"}) {
            var file =
                    Files.createDirectories(directory.resolve("..v" + version)).resolve("token");
            Files.writeString(file, "value " + version);
            Files.setLastModifiedTime(file, age);
        }
        var data = directory.resolve("..data");
        Files.createSymbolicLink(data, Path.of("..v1"));
        Files.createSymbolicLink(directory.resolve("token"), Path.of("..data/token"));
        var files = new SecretFiles(directory);
        assertThat(files.read("token")).isEqualTo("value 1");

        Files.delete(data);
        Files.createSymbolicLink(data, Path.of("..v2"));

        assertThat(files.read("token")).isEqualTo("value 2");
    }

    @Test
    void namesTheFileThatIsNotThere() {
        assertThatThrownBy(() -> new SecretFiles(directory).read("billing/token"))
                .isInstanceOf(MissingSecretException.class)
                .hasMessage("the secret file billing/token cannot be read");
    }
}
