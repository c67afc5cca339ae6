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

/** Returns the values of subscriptions' secrets: from files, decrypted from the store, or from the configuration. */
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

    /** Whether an inline secret can be stored. */
    public boolean canSeal() {
        return keys.canSeal();
    }

    /** Returns a copy of the subscription in which every inline secret is encrypted. */
    public Subscription sealed(Subscription subscription) {
        return withSecrets(
                subscription, secret -> secret instanceof SecretText.Plain plain ? keys.seal(plain.value()) : secret);
    }

    /** Whether a secret of the subscription is encrypted with an older key than the current one. */
    public boolean isSealedWithAnOldKey(Subscription subscription) {
        var newest = keys.newest();
        return newest.isPresent()
                && all(subscription).stream()
                        .anyMatch(secret -> secret instanceof SecretText.Sealed sealed
                                && !sealed.keyId().equals(newest.get()));
    }

    /**
     * Returns a copy in which every inline secret is encrypted with the newest key.
     *
     * @throws MissingSecretException if an old key is missing
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
        return subscription
                .endpoint()
                .map(endpoint -> subscription.with(endpoint.withSecrets(replacement)))
                .orElse(subscription);
    }
}
