package dev.rocketgateway.subscription.secret;

import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Secrets;
import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.Subscription;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.UnaryOperator;

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
        return withSecrets(
                subscription, secret -> secret instanceof SecretText.Plain plain ? keys.seal(plain.value()) : secret);
    }

    /** Whether a secret of it is sealed with another key than the one that seals now. */
    public boolean isSealedWithAnOldKey(Subscription subscription) {
        var newest = keys.newest();
        return newest.isPresent()
                && all(subscription).stream()
                        .anyMatch(secret -> secret instanceof SecretText.Sealed sealed
                                && !sealed.keyId().equals(newest.get()));
    }

    /**
     * The same with everything sealed by the newest key.
     *
     * @throws MissingSecretException if an old key is gone
     */
    public Subscription resealed(Subscription subscription) throws MissingSecretException {
        var resealed = new HashMap<SecretText, SecretText>();
        for (var secret : all(subscription)) {
            if (secret instanceof SecretText.Sealed sealed) {
                resealed.put(sealed, keys.seal(keys.open(sealed)));
            }
        }
        return withSecrets(subscription, secret -> resealed.getOrDefault(secret, secret));
    }

    private static List<SecretText> all(Subscription subscription) {
        var all = new ArrayList<SecretText>();
        withSecrets(subscription, secret -> {
            all.add(secret);
            return secret;
        });
        return all;
    }

    private static Subscription withSecrets(Subscription subscription, UnaryOperator<SecretText> replacement) {
        return subscription.with(subscription.endpoint().withSecrets(replacement));
    }
}
