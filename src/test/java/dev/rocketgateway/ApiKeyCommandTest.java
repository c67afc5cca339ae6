package dev.rocketgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.security.identity.ApiKey;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyCommandTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return ApiKeyCommand.run(arguments, new PrintStream(out, true), new PrintStream(err, true));
    }

    @Test
    void printsAKeyAndTheSettingsForIt() {
        assertThat(run("api-key", "shop")).isZero();

        var printed = out.toString(StandardCharsets.UTF_8);
        var key = Pattern.compile("^  (gwk_\\S+)$", Pattern.MULTILINE).matcher(printed);
        assertThat(key.find()).isTrue();
        assertThat(printed)
                .contains("gateway.security.api-keys.shop.sha256=" + ApiKey.sha256(key.group(1)))
                .contains("curl -H 'Authorization: Bearer " + key.group(1) + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b", "a,b"})
    void refusesANameThatIsNoSetting(String name) {
        assertThat(run("api-key", name)).isEqualTo(2);
        assertThat(run("api-key")).isEqualTo(2);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Usage: java -jar quarkus-run.jar api-key <name>");
    }
}
