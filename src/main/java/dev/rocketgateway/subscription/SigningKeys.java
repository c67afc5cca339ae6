package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.Endpoint.Signing;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Keys for signatures in the forms of Standard Webhooks: {@code whsec_…}, {@code whsk_…} and {@code whpk_…}. */
final class SigningKeys {

    static final String HMAC_PREFIX = "whsec_";
    static final String PRIVATE_PREFIX = "whsk_";
    static final String PUBLIC_PREFIX = "whpk_";

    private static final int MIN_HMAC_BYTES = 24;
    private static final int MAX_HMAC_BYTES = 64;
    private static final int PRIVATE_BYTES = 64;

    private SigningKeys() {}

    /** What is wrong with the text of a key, or null. Never repeats it. */
    static @Nullable String faultOf(Signing.Type type, String secret) {
        return switch (type) {
            case NONE -> null;
            case HMAC_SHA256 -> {
                int bytes = bytes(secret, HMAC_PREFIX);
                yield bytes < MIN_HMAC_BYTES || bytes > MAX_HMAC_BYTES
                        ? "must be whsec_ and the Base64 of %d to %d bytes".formatted(MIN_HMAC_BYTES, MAX_HMAC_BYTES)
                        : null;
            }
            case ED25519 ->
                bytes(secret, PRIVATE_PREFIX) == PRIVATE_BYTES
                        ? null
                        : "must be whsk_ and the Base64 of %d bytes, seed and public key".formatted(PRIVATE_BYTES);
        };
    }

    /** How many bytes the text stands for; -1 if it is not of this form. */
    private static int bytes(String secret, String prefix) {
        if (!secret.startsWith(prefix)) {
            return -1;
        }
        try {
            return Base64.getDecoder().decode(secret.substring(prefix.length())).length;
        } catch (IllegalArgumentException notBase64) {
            return -1;
        }
    }
}
