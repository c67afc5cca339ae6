package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.Endpoint.Signing;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keys for signatures in the forms of Standard Webhooks: {@code whsec_…}, {@code whsk_…} and {@code whpk_…}. */
final class SigningKeys {

    static final String HMAC_PREFIX = "whsec_";
    static final String PRIVATE_PREFIX = "whsk_";
    static final String PUBLIC_PREFIX = "whpk_";

    private static final int MIN_HMAC_BYTES = 24;
    private static final int MAX_HMAC_BYTES = 64;
    private static final int HMAC_BYTES = 32;
    private static final int SEED_BYTES = 32;
    private static final int PRIVATE_BYTES = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

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

    /** A new secret. */
    static String generate(Signing.Type type) {
        return switch (type) {
            case NONE -> throw new IllegalArgumentException("nothing is signed");
            case HMAC_SHA256 -> {
                byte[] secret = new byte[HMAC_BYTES];
                RANDOM.nextBytes(secret);
                yield HMAC_PREFIX + Base64.getEncoder().encodeToString(secret);
            }
            case ED25519 -> PRIVATE_PREFIX + Base64.getEncoder().encodeToString(ed25519());
        };
    }

    /** Seed and public key, one after the other. */
    private static byte[] ed25519() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] both = Arrays.copyOf(seed, PRIVATE_BYTES);
            // The encoded form (RFC 8410) ends with the key itself.
            System.arraycopy(encoded, encoded.length - SEED_BYTES, both, SEED_BYTES, SEED_BYTES);
            return both;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    /** The public key that goes with the secret; empty where there is none. */
    static Optional<String> publicKey(Signing.Type type, String secret) {
        if (type != Signing.Type.ED25519 || faultOf(type, secret) != null) {
            return Optional.empty();
        }
        byte[] both = Base64.getDecoder().decode(secret.substring(PRIVATE_PREFIX.length()));
        return Optional.of(PUBLIC_PREFIX
                + Base64.getEncoder().encodeToString(Arrays.copyOfRange(both, SEED_BYTES, PRIVATE_BYTES)));
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
