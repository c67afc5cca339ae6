package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the credentials from the settings. Each part is either a value or in a file. */
final class CredentialSettings {

    private static final String PREFIX = "gateway.rocketmq.";

    private CredentialSettings() {}

    /**
     * One part of the credentials.
     *
     * @param name such as {@code secret key}
     */
    record Part(String name, String variable, Optional<String> value, Optional<String> file) {

        Part {
            if (value.isPresent() && file.isPresent()) {
                throw new ConfigurationException("%s and %s are both set. Set one of them."
                        .formatted(valueSetting(name, variable), fileSetting(name)));
            }
        }

        boolean isSet() {
            return value.isPresent() || file.isPresent();
        }

        /** The name of the setting that is set. If none is set, the name of the setting for the value. */
        String setting() {
            return file.isPresent() ? fileSetting() : valueSetting(name, variable);
        }

        String fileSetting() {
            return fileSetting(name);
        }

        private static String valueSetting(String name, String variable) {
            return "%s%s (%s)".formatted(PREFIX, name.replace(' ', '-'), variable);
        }

        private static String fileSetting(String name) {
            return PREFIX + name.replace(' ', '-') + "-file";
        }
    }

    /**
     * Returns the source of the credentials; empty without ACL. The source can change what it supplies at any time.
     *
     * @throws ConfigurationException if a part is missing or set twice, or a file cannot be read, which stops the start
     */
    static Optional<Supplier<Credentials>> read(RocketMqConfig config) {
        return read(config, InstantSource.system());
    }

    static Optional<Supplier<Credentials>> read(RocketMqConfig config, InstantSource clock) {
        var access = new Part("access key", "ALIBABA_CLOUD_ACCESS_KEY_ID", config.accessKey(), config.accessKeyFile());
        var secret =
                new Part("secret key", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", config.secretKey(), config.secretKeyFile());
        var token = new Part(
                "security token", "ALIBABA_CLOUD_SECURITY_TOKEN", config.securityToken(), config.securityTokenFile());
        if (access.isSet() != secret.isSet()) {
            var missing = access.isSet() ? secret : access;
            throw new ConfigurationException(
                    "%s is set, but neither %s nor %s is. Set both keys, or set neither to connect without ACL."
                            .formatted(
                                    (access.isSet() ? access : secret).setting(),
                                    missing.setting(),
                                    missing.fileSetting()));
        }
        if (!access.isSet()) {
            if (token.isSet()) {
                throw new ConfigurationException(
                        "%s is set, but %s and %s are not. Set both keys too. To connect without ACL, do not set the token."
                                .formatted(token.setting(), access.setting(), secret.setting()));
            }
            return Optional.empty();
        }
        if (access.file().isPresent()
                || secret.file().isPresent()
                || token.file().isPresent()) {
            return Optional.of(new CredentialFiles(access, secret, token, clock));
        }
        var fixed = new Credentials(access.value().orElseThrow(), secret.value().orElseThrow(), token.value());
        return Optional.of(() -> fixed);
    }
}
