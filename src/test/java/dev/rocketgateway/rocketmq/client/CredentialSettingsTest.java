package dev.rocketgateway.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialSettingsTest {

    /**
     * @param settings names, without {@code gateway.rocketmq.}, and values
     */
    static RocketMqConfig config(Map<String, String> settings) {
        var all = new HashMap<String, String>();
        settings.forEach((key, value) -> all.put("gateway.rocketmq." + key, value));
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withMapping(RocketMqConfig.class)
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(RocketMqConfig.class);
    }

    @TempDir
    Path directory;

    @Test
    void connectsWithoutAclIfNothingIsSet() {
        assertThat(CredentialSettings.read(config(Map.of()))).isEmpty();
    }

    @Test
    void takesValues() {
        var credentials = CredentialSettings.read(config(Map.of("access-key", "k", "secret-key", "s")))
                .orElseThrow();
        assertThat(credentials.get()).isEqualTo(new Credentials("k", "s", Optional.empty()));

        var temporary = CredentialSettings.read(
                        config(Map.of("access-key", "k", "secret-key", "s", "security-token", "t")))
                .orElseThrow();
        assertThat(temporary.get()).isEqualTo(new Credentials("k", "s", Optional.of("t")));
    }

    /** Some keep only the secret in a file, since the access key is only a name. */
    @Test
    void takesValuesAndFilesTogether() throws Exception {
        var secret = Files.writeString(directory.resolve("secret"), "s\n");

        var credentials = CredentialSettings.read(
                        config(Map.of("access-key", "k", "secret-key-file", secret.toString(), "security-token", "t")))
                .orElseThrow();

        assertThat(credentials.get()).isEqualTo(new Credentials("k", "s", Optional.of("t")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            access-key                  | access-key (ALIBABA_CLOUD_ACCESS_KEY_ID) is set, but neither gateway.rocketmq.secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET) nor gateway.rocketmq.secret-key-file is.
            access-key-file             | access-key-file is set, but neither gateway.rocketmq.secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET) nor gateway.rocketmq.secret-key-file is.
            secret-key                  | secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET) is set, but neither gateway.rocketmq.access-key (ALIBABA_CLOUD_ACCESS_KEY_ID) nor gateway.rocketmq.access-key-file is.
            secret-key-file             | secret-key-file is set, but neither gateway.rocketmq.access-key (ALIBABA_CLOUD_ACCESS_KEY_ID) nor gateway.rocketmq.access-key-file is.
            access-key access-key-file  | access-key (ALIBABA_CLOUD_ACCESS_KEY_ID) and gateway.rocketmq.access-key-file are both set. Set one of them.
            secret-key secret-key-file  | secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET) and gateway.rocketmq.secret-key-file are both set. Set one of them.
            security-token security-token-file | security-token (ALIBABA_CLOUD_SECURITY_TOKEN) and gateway.rocketmq.security-token-file are both set. Set one of them.
            security-token              | security-token (ALIBABA_CLOUD_SECURITY_TOKEN) is set, but gateway.rocketmq.access-key (ALIBABA_CLOUD_ACCESS_KEY_ID) and gateway.rocketmq.secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET) are not
            security-token-file         | security-token-file is set, but gateway.rocketmq.access-key (ALIBABA_CLOUD_ACCESS_KEY_ID) and gateway.rocketmq.secret-key (ALIBABA_CLOUD_ACCESS_KEY_SECRET) are not
            """)
    void refusesHalfAPairAndWhatIsSetTwice(String set, String message) {
        var settings = new HashMap<String, String>();
        for (var name : set.split(" ")) {
            settings.put(name, "very-secret");
        }

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> CredentialSettings.read(config(settings)))
                .withMessageStartingWith("gateway.rocketmq." + message)
                .withMessageNotContaining("very-secret");
    }
}
