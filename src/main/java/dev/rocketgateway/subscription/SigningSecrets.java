package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.Endpoint.Signing;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Creates and checks signing keys in the formats of Standard Webhooks: {@code whsec_…}, {@code whsk_…} and {@code whpk_…}. */
public final class SigningSecrets {

    static final String HMAC_PREFIX = "whsec_";
    static final String PRIVATE_PREFIX = "whsk_";
    static final String PUBLIC_PREFIX = "whpk_";

    private static final int MIN_HMAC_BYTES = 24;
    private static final int MAX_HMAC_BYTES = 64;
    private static final int HMAC_BYTES = 32;
    private static final int SEED_BYTES = 32;
    private static final int PRIVATE_BYTES = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SigningSecrets() {}

    /** What is wrong with the string of a key, or null. The result never contains the string. */
    public static @Nullable String faultOf(Signing.Type type, String secret) {
        return switch (type) {
            case NONE -> null;
            case HMAC_SHA256 -> {
                int bytes = decoded(secret, HMAC_PREFIX).length;
                yield bytes < MIN_HMAC_BYTES || bytes > MAX_HMAC_BYTES
                        ? "must be whsec_ followed by the Base64 of %d to %d bytes"
                                .formatted(MIN_HMAC_BYTES, MAX_HMAC_BYTES)
                        : null;
            }
            case ED25519 -> faultOfEd25519(decoded(secret, PRIVATE_PREFIX));
        };
    }

    private static @Nullable String faultOfEd25519(byte[] key) {
        if (key.length != SEED_BYTES && key.length != PRIVATE_BYTES) {
            return "must be whsk_ followed by the Base64 of %d bytes (seed) or of %d bytes (seed and public key)"
                    .formatted(SEED_BYTES, PRIVATE_BYTES);
        }
        return key.length == PRIVATE_BYTES
                        && !Arrays.equals(publicOf(key), Arrays.copyOfRange(key, SEED_BYTES, PRIVATE_BYTES))
                ? "has a public key that does not belong to its seed"
                : null;
    }

    /** Creates a new secret. */
    public static String generate(Signing.Type type) {
        return switch (type) {
            case NONE -> throw new IllegalArgumentException("type NONE has no secret");
            case HMAC_SHA256 -> {
                byte[] secret = new byte[HMAC_BYTES];
                RANDOM.nextBytes(secret);
                yield HMAC_PREFIX + Base64.getEncoder().encodeToString(secret);
            }
            case ED25519 -> PRIVATE_PREFIX + Base64.getEncoder().encodeToString(ed25519());
        };
    }

    /** Generates a key: the seed followed by the public key. */
    private static byte[] ed25519() {
        byte[] seed = new byte[SEED_BYTES];
        RANDOM.nextBytes(seed);
        byte[] both = Arrays.copyOf(seed, PRIVATE_BYTES);
        System.arraycopy(publicOf(seed), 0, both, SEED_BYTES, SEED_BYTES);
        return both;
    }

    /** The public key that belongs to the secret; empty if the type has no public key or the secret is invalid. */
    public static Optional<String> publicKey(Signing.Type type, String secret) {
        if (type != Signing.Type.ED25519 || faultOf(type, secret) != null) {
            return Optional.empty();
        }
        return Optional.of(
                PUBLIC_PREFIX + Base64.getEncoder().encodeToString(publicOf(decoded(secret, PRIVATE_PREFIX))));
    }

    /**
     * Derives the public key from the seed. The JDK can only generate a new pair of keys, so its generator gets the seed as its
     * random bytes.
     *
     * @param key bytes that begin with the seed
     */
    private static byte[] publicOf(byte[] key) {
        try {
            var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
                @Override
                public void nextBytes(byte[] bytes) {
                    System.arraycopy(key, 0, bytes, 0, bytes.length);
                }
            });
            byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
            // The encoded form (RFC 8410) ends with the key itself.
            return Arrays.copyOfRange(encoded, encoded.length - SEED_BYTES, encoded.length);
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    /** The decoded bytes; empty if the string does not have the prefix or is not Base64. */
    private static byte[] decoded(String secret, String prefix) {
        if (!secret.startsWith(prefix)) {
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(secret.substring(prefix.length()));
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }
}
