package dev.rocketgateway.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rocketgateway.testing.LogCapture;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Isolated("it reads what is logged")
class CredentialFilesTest {

    private static final Credentials FIRST = new Credentials("k1", "s1", Optional.of("t1"));
    private static final Credentials SECOND = new Credentials("k2", "s2", Optional.of("t2"));

    @TempDir
    Path directory;

    private final LogCapture log = LogCapture.of(CredentialFiles.class);
    private long written;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void writeFiles() throws IOException {
        write("access-key", "k1");
        write("secret-key", "s1");
        write("security-token", "t1");
    }

    @AfterEach
    void stopCapture() {
        log.close();
    }

    /** Writes a file whose age is that of no other, though long ago. */
    private void write(String name, String content) throws IOException {
        var file = Files.writeString(directory.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(now.minusSeconds(60).plusMillis(++written)));
    }

    private void write(String version) throws IOException {
        write("access-key", "k" + version);
        write("secret-key", "s" + version);
        write("security-token", "t" + version);
    }

    private void pass() {
        now = now.plusSeconds(1);
    }

    private Supplier<Credentials> start() {
        var settings = new HashMap<String, String>();
        for (var name : List.of("access-key", "secret-key", "security-token")) {
            settings.put(name + "-file", directory.resolve(name).toString());
        }
        return CredentialSettings.read(CredentialSettingsTest.config(settings), () -> now)
                .orElseThrow();
    }

    @Test
    void takesNewCredentialsFromTheFilesAndSaysSoOnce() throws IOException {
        var credentials = start();
        assertThat(credentials.get()).isEqualTo(FIRST);

        write("2");
        pass();

        for (int i = 0; i < 3; i++) {
            assertThat(credentials.get()).isEqualTo(SECOND);
            pass();
        }
        assertThat(log.messages()).containsExactly("RocketMQ credentials have changed, the new ones are in use");
    }

    @Test
    void saysNothingWhenAFileIsWrittenWithTheSameContent() throws IOException {
        var credentials = start();

        write("1");
        pass();

        assertThat(credentials.get()).isEqualTo(FIRST);
        assertThat(log.messages()).isEmpty();
    }

    /** Each of the faults that a file can have, whichever it is. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            access-key     | MISSING  | does not exist                                  | access key
            secret-key     | MISSING  | does not exist                                  | secret key
            security-token | MISSING  | does not exist                                  | security token
            access-key     | ' \\n'    | is empty                                        | access key
            secret-key     | ''       | is empty                                        | secret key
            security-token | ''       | is empty                                        | security token
            access-key     | 'a\\nb'   | has more than one line, or a control character  | access key
            secret-key     | 'a\\0b'   | has more than one line, or a control character  | secret key
            security-token | 'a\\r\\nb' | has more than one line, or a control character  | security token
            secret-key     | DIRECTORY | is not a file                                  | secret key
            """)
    void refusesAFaultAtTheStartAndKeepsTheLastGoodCredentialsLater(
            String name, String content, String fault, String what) throws IOException {
        var credentials = start();
        var file = directory.resolve(name);
        Files.delete(file);
        if (content.equals("DIRECTORY")) {
            Files.createDirectory(file);
        } else if (!content.equals("MISSING")) {
            write(name, content.translateEscapes());
        }
        var message =
                "gateway.rocketmq.%s-file: %s %s. Write the %s, and nothing else, into this file, and let the gateway read it."
                        .formatted(name, file, fault, what);

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::start)
                .withMessage(message);
        for (int i = 0; i < 3; i++) {
            pass();
            assertThat(credentials.get()).isEqualTo(FIRST);
        }
        assertThat(log.messages())
                .containsExactly("cannot read the RocketMQ credentials, the last ones stay in use: " + message);

        Files.deleteIfExists(file);
        write("2");
        for (int i = 0; i < 3; i++) {
            pass();
            assertThat(credentials.get()).isEqualTo(SECOND);
        }
        assertThat(log.messages()).hasSize(2).last().isEqualTo("RocketMQ credentials are readable again changed=true");
    }

    @Test
    void saysThatTheSameCredentialsAreBack() throws IOException {
        var credentials = start();
        write("secret-key", "");
        pass();
        credentials.get();

        write("secret-key", "s1");
        pass();

        assertThat(credentials.get()).isEqualTo(FIRST);
        assertThat(log.messages()).hasSize(2).last().isEqualTo("RocketMQ credentials are readable again changed=false");
    }

    @Test
    void refusesAPathThatIsNone() {
        var settings = Map.of("access-key", "k", "secret-key-file", "a\0b");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> CredentialSettings.read(CredentialSettingsTest.config(settings)))
                .withMessage("gateway.rocketmq.secret-key-file: 'a\0b' is not a path. Write the path of the file.");
    }

    @Test
    void showsNoKey() {
        assertThat(FIRST).hasToString("Credentials[redacted]");
    }
}
