package dev.rocketgateway.subscription.secret;

import dev.rocketgateway.subscription.SecretText;
import java.util.Optional;

/** Reads and writes sealed secrets in stored documents: {@code sealed:<key id>:<text>}. */
public final class SealedText {

    private static final String PREFIX = "sealed:";

    private SealedText() {}

    /**
     * Returns the string of a sealed secret, as it is stored.
     *
     * @throws IllegalStateException if the secret is not sealed, which is a bug
     */
    public static Optional<String> write(SecretText secret) {
        if (secret instanceof SecretText.Sealed sealed) {
            return Optional.of(PREFIX + sealed.keyId() + ":" + sealed.text());
        }
        throw new IllegalStateException("a secret must not be stored unencrypted");
    }

    /**
     * Parses the stored string of a sealed secret.
     *
     * @throws IllegalArgumentException if the string does not have this form
     */
    public static SecretText read(String text) {
        var parts = text.split(":", 3);
        if (parts.length != 3 || !text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("is not a sealed secret");
        }
        return new SecretText.Sealed(parts[1], parts[2]);
    }
}
