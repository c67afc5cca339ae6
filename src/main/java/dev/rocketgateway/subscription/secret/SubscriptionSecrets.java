package dev.rocketgateway.subscription.secret;

import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Secrets;
import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.Subscription;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.HashMap;

/** The values of the secrets of subscriptions: files, sealed texts, and those of the configuration. */
@Singleton
public class SubscriptionSecrets implements Secrets {

    private final SecretFiles files;
    private final EncryptionKeys keys;

    public SubscriptionSecrets(StoreConfig config, EncryptionKeys keys) {
        this.files = new SecretFiles(Path.of(config.secretsDirectory()));
        this.keys = keys;
    }

    @Override
    public String value(SecretText secret) throws MissingSecretException {
        if (secret instanceof SecretText.Reference reference) {
            return files.read(reference.name());
        }
        if (secret instanceof SecretText.Sealed sealed) {
            return keys.open(sealed);
        }
        return ((SecretText.Plain) secret).value();
    }

    /** Whether a secret that is not a file can be kept. */
    public boolean canSeal() {
        return keys.canSeal();
    }

    /** The same subscription with nothing in it that is readable. */
    public Subscription sealed(Subscription subscription) {
        return SecretsOf.replaced(
                subscription, secret -> secret instanceof SecretText.Plain plain ? keys.seal(plain.value()) : secret);
    }

    /** Whether a secret of it is sealed with another key than the one that seals now. */
    public boolean isSealedWithAnOldKey(Subscription subscription) {
        var newest = keys.newest();
        return newest.isPresent()
                && SecretsOf.all(subscription).stream()
                        .anyMatch(secret -> secret instanceof SecretText.Sealed sealed
                                && !sealed.keyId().equals(newest.get()));
    }

    /**
     * The same with everything sealed by the newest key.
     *
     * @throws MissingSecretException if an old key is gone
     */
    public Subscription resealed(Subscription subscription) throws MissingSecretException {
        var anew = new HashMap<SecretText, SecretText>();
        for (var secret : SecretsOf.all(subscription)) {
            if (secret instanceof SecretText.Sealed sealed) {
                anew.put(sealed, keys.seal(keys.open(sealed)));
            }
        }
        return SecretsOf.replaced(subscription, secret -> anew.getOrDefault(secret, secret));
    }
}
