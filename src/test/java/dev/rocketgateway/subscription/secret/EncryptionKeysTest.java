package dev.rocketgateway.subscription.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.StoreConfig.Password;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionKeysTest {

    @TempDir
    Path directory;

    private static Password key(String id, int content) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) content);
        return new Password(id + ":" + Base64.getEncoder().encodeToString(bytes));
    }

    private static EncryptionKeys configured(Password... keys) {
        return new EncryptionKeys(List.of(keys), Optional.empty());
    }

    @Test
    void opensWhatItSealedAndNeverSealsTheSameWay() throws MissingSecretException {
        var keys = configured(key("a", 1));

        var sealed = keys.seal("Zürich");

        assertThat(keys.open(sealed)).isEqualTo("Zürich");
        assertThat(sealed.text()).doesNotContain("Zürich");
        assertThat(keys.seal("Zürich")).isNotEqualTo(sealed);
    }

    @Test
    void theFirstSealsAndAllOpen() throws MissingSecretException {
        var old = configured(key("a", 1)).seal("x");
        var keys = configured(key("b", 2), key("a", 1));

        assertThat(keys.seal("y").keyId()).isEqualTo("b");
        assertThat(keys.open(old)).isEqualTo("x");
        assertThatThrownBy(() -> configured(key("b", 2)).open(old))
                .isInstanceOf(MissingSecretException.class)
                .hasMessage("gateway.store.encryption-keys has no key 'a'");
    }

    @Test
    void noticesWhatWasChangedAndWhatIsOfAnotherKey() {
        var keys = configured(key("a", 1));
        var text = Base64.getDecoder().decode(keys.seal("x").text());
        text[text.length - 1] ^= 1;
        var changed = new SecretText.Sealed("a", Base64.getEncoder().encodeToString(text));

        assertThatThrownBy(() -> keys.open(changed))
                .isInstanceOf(MissingSecretException.class)
                .hasMessage("the key 'a' cannot decrypt a stored secret");
        assertThatThrownBy(() -> configured(key("a", 2)).open(keys.seal("x")))
                .isInstanceOf(MissingSecretException.class);
        assertThatThrownBy(() -> keys.open(new SecretText.Sealed("a", "AAAA")))
                .isInstanceOf(MissingSecretException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c2VjcmV0", "a:c2VjcmV0", "a b:c2VjcmV0", "file:c2VjcmV0", "a:!"})
    void refusesAnInvalidKeyWithoutRepeatingIt(String entry) {
        assertThatThrownBy(() -> configured(new Password(entry)))
                .hasMessageContaining("gateway.store.encryption-keys: ")
                .hasMessageNotContaining("c2VjcmV0");
    }

    @Test
    void refusesTwoKeysOfOneName() {
        assertThatThrownBy(() -> configured(key("a", 1), key("a", 2)))
                .hasMessage("gateway.store.encryption-keys: two keys have the id 'a'; give each key its own id");
    }

    @Test
    void makesAKeyBesideAnEmbeddedDatabaseWhenOneIsNeeded() throws MissingSecretException, IOException {
        var database = Optional.of(directory.resolve("below/gateway"));
        var file = directory.resolve("below/gateway.key");
        var keys = new EncryptionKeys(List.of(), database);
        assertThat(file).doesNotExist();

        var sealed = keys.seal("x");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
        assertThat(new EncryptionKeys(List.of(), database).open(sealed)).isEqualTo("x");
        assertThat(new EncryptionKeys(List.of(key("a", 1)), database).open(sealed))
                .isEqualTo("x");
        Files.delete(file);
        assertThatThrownBy(() -> new EncryptionKeys(List.of(), database).open(sealed))
                .isInstanceOf(MissingSecretException.class);
    }

    @Test
    void withoutAKeyNothingIsSealed() {
        var none = configured();

        assertThat(none.canSeal()).isFalse();
        assertThatThrownBy(() -> none.seal("x")).isInstanceOf(IllegalStateException.class);
    }
}
