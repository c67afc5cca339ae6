package dev.rocketgateway.webhook.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.standardwebhooks.Webhook;
import dev.rocketgateway.webhook.SigningKey;
import dev.rocketgateway.webhook.SigningKey.Algorithm;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookTls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The receivers of {@code docs/examples/receive}; {@code src/test/webhooks/run} names the directory they are made in. */
@EnabledIfSystemProperty(named = "webhooks.receivers", matches = ".+", disabledReason = "src/test/webhooks/run runs it")
class SignatureReceiversIT {

    private static final Logger LOG = Logger.getLogger(SignatureReceiversIT.class);
    private static final byte[] TEXT = "{\"text\": \"Gr\u00fc\u00dfe\"}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BINARY = {0, (byte) 0x9c, (byte) 0xff, '\r', '\n', (byte) 0xc0};
    private static final String LISTENING = "listening on port ";

    @ParameterizedTest
    @CsvSource({
        "python, receive.py, python3 receive.py",
        "node, receive.mjs, node receive.mjs",
        "go, receive, ./receive",
        "java, Receive.java, java Receive.java"
    })
    void takesWhatIsSignedWithItsKeyAndNothingElse(String language, String needs, String command) throws Exception {
        var directory = Path.of(System.getProperty("webhooks.receivers", "")).toAbsolutePath();
        assumeTrue(Files.exists(directory.resolve(needs)), language + " is not there");
        var secret = SigningKeys.generate(Algorithm.HMAC_SHA256);
        var other = SigningKeys.generate(Algorithm.HMAC_SHA256);
        var ed25519 = SigningKeys.generate(Algorithm.ED25519);
        var receiver = start(directory, command, secret);
        try (var webhooks = TestWebhooks.usual()) {
            var url = URI.create("http://127.0.0.1:" + port(receiver) + "/hook");

            assertThat(status(webhooks, url, TEXT, secret)).isEqualTo(204);
            assertThat(status(webhooks, url, BINARY, secret)).isEqualTo(204);
            assertThat(status(webhooks, url, new byte[0], secret)).isEqualTo(204);
            assertThat(status(webhooks, url, TEXT, other, ed25519, secret)).isEqualTo(204);
            assertThat(status(webhooks, url, TEXT, other)).isEqualTo(401);
            assertThat(status(webhooks, url, BINARY, other)).isEqualTo(401);
            LOG.infof("webhooks receiver=%s", language);
        } finally {
            receiver.destroy();
        }
    }

    private static int status(TestWebhooks webhooks, URI url, byte[] body, String... secrets) {
        var outcome = webhooks.send(
                new WebhookEndpoint(
                        url,
                        WebhookEndpoint.Method.POST,
                        false,
                        Map.of(),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        WebhookTls.ofTheJvm(),
                        new WebhookAuth.None(),
                        keys(secrets)),
                new WebhookMessage("id", Map.of("a", "b"), body));
        return ((WebhookOutcome.Answered) outcome).status();
    }

    private static List<SigningKey> keys(String... secrets) {
        return Arrays.stream(secrets)
                .map(secret -> new SigningKey(
                        "key",
                        secret.startsWith("whsk_") ? Algorithm.ED25519 : Algorithm.HMAC_SHA256,
                        () -> secret,
                        Optional.empty()))
                .toList();
    }

    private static Process start(Path directory, String command, String secret) throws IOException {
        var words = new ArrayList<>(List.of(command.split(" ")));
        var builder = new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "WEBHOOK_SECRET",
                        secret,
                        "PORT",
                        "0",
                        "PYTHONPATH",
                        directory.resolve("python").toString(),
                        "CLASSPATH",
                        library().toString()));
        return builder.start();
    }

    private static Path library() {
        return Path.of(Webhook.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
    }

    private static int port(Process receiver) throws IOException {
        var output = new BufferedReader(new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8));
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(LISTENING)) {
                return Integer.parseInt(line.substring(LISTENING.length()));
            }
        }
        throw new IOException("the receiver ended");
    }
}
