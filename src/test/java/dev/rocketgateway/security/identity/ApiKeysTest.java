package dev.rocketgateway.security.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {

    private static final String KEY = ApiKey.generate();
    private static final String NEXT = ApiKey.generate();

    @TempDir
    private Path directory;

    private static ApiKeys keys(String... settings) {
        var all = new HashMap<String, String>();
        all.put("gateway.security.rules.orders.publish", "orders-*");
        all.put("gateway.security.api-keys.shop.roles", "orders");
        for (int i = 0; i < settings.length; i += 2) {
            if (settings[i + 1].isEmpty()) {
                all.remove("gateway.security." + settings[i]);
            } else {
                all.put("gateway.security." + settings[i], settings[i + 1]);
            }
        }
        var config = TestSecurity.config(all);
        return new ApiKeys(config.apiKeys(), new Roles(config.rules()));
    }

    @Test
    void knowsKeysByTheirHash() {
        var keys = keys(
                "api-keys.shop.sha256",
                ApiKey.sha256(KEY) + "," + ApiKey.sha256(NEXT).toUpperCase());

        assertThat(keys.find(KEY).orElseThrow().principal()).hasToString("api-key:shop");
        assertThat(keys.find(NEXT)).isPresent();
        assertThat(keys.find(ApiKey.generate())).isEmpty();
        assertThat(keys.find(ApiKey.sha256(KEY))).isEmpty();
    }

    @Test
    void makesKeysOf256RandomBits() {
        assertThat(KEY).matches("gwk_[A-Za-z0-9_-]{43}").isNotEqualTo(NEXT);
    }

    @Test
    void readsAChangedFileAgain() throws IOException {
        var file = Files.writeString(directory.resolve("keys"), KEY + "\n\n");
        var keys = keys("api-keys.shop.file", file.toString());
        assertThat(keys.find(KEY)).isPresent();

        Files.writeString(file, ApiKey.sha256(NEXT));
        keys.refresh();

        assertThat(keys.find(KEY)).isEmpty();
        assertThat(keys.find(NEXT)).isPresent();
    }

    @Test
    void keepsTheKeysOfAFileThatBreaks() throws IOException {
        var file = Files.writeString(directory.resolve("keys"), KEY);
        var keys = keys("api-keys.shop.file", file.toString());

        for (var broken : new String[] {"", "nonsense"}) {
            Files.writeString(file, broken);
            keys.refresh();
            assertThat(keys.find(KEY)).isPresent();
        }
        Files.delete(file);
        keys.refresh();

        assertThat(keys.find(KEY)).isPresent();
        Files.writeString(file, NEXT);
        keys.refresh();
        assertThat(keys.find(NEXT)).isPresent();
        assertThat(keys.find(KEY)).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithTheSettings() {
        assertThatThrownBy(() -> keys("api-keys.shop.sha256", "abc"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "`gateway.security.api-keys.shop.sha256` is wrong: it must be a SHA-256 in hexadecimal, with 64 digits.");
        assertThatThrownBy(() -> keys())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        "Set `gateway.security.api-keys.shop.sha256` or `gateway.security.api-keys.shop.file`.");
        assertThatThrownBy(() -> keys("api-keys.shop.sha256", ApiKey.sha256(KEY), "api-keys.shop.roles", "none"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("`gateway.security.api-keys.shop.roles` names the role none, which has no rule. Set"
                        + " `gateway.security.rules.none.publish` or another permission.");
        assertThatThrownBy(() ->
                        keys("api-keys.other.sha256", ApiKey.sha256(KEY), "api-keys.shop.sha256", ApiKey.sha256(NEXT)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "`gateway.security.api-keys.other.roles` must be set: a caller without a role has no permissions.");
        assertThatThrownBy(() -> keys("api-keys.shop.file", "/none/of/these"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "`gateway.security.api-keys.shop.file` is wrong: /none/of/these: the file does not exist, or the gateway may"
                                + " not read it.");
    }

    @Test
    void refusesPartsOfKeysAndKeysOfTwoCallers() throws IOException {
        for (var line : new String[] {"gwk_", "gwk_1", KEY + "x"}) {
            var file = Files.writeString(directory.resolve("keys"), line);
            assertThatThrownBy(() -> keys("api-keys.shop.file", file.toString()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageEndingWith("a key is gwk_ and 43 letters, digits, '_' and '-'.");
        }
        assertThatThrownBy(() -> keys(
                        "api-keys.shop.sha256", ApiKey.sha256(KEY),
                        "api-keys.other.sha256", ApiKey.sha256(KEY),
                        "api-keys.other.roles", "orders"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("the same key is listed twice, for this caller or for another.");
    }

    @Test
    void refusesARuleForAdminThatNamesTopics() {
        assertThatThrownBy(() -> TestSecurity.roles(Map.of("gateway.security.rules.ops.admin", "orders-*")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "`gateway.security.rules.ops.admin` must be `*`: the permission admin belongs to no topic.");
    }
}
