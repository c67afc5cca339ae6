package dev.rocketgateway.webhook.signing;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.SigningKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** Creates and reads signing keys in the formats of Standard Webhooks. */
public final class SigningKeys {

    private static final String HMAC_PREFIX = "whsec_";
    private static final String PRIVATE_PREFIX = "whsk_";
    private static final String PUBLIC_PREFIX = "whpk_";

    /** Sizes of HMAC keys in bytes. The specification allows 24 to 64. */
    private static final int SHORTEST_HMAC = 24;

    private static final int LONGEST_HMAC = 64;
    private static final int GENERATED_HMAC = 32;
    private static final int ED25519 = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    private SigningKeys() {}

    /** Creates a new secret. */
    public static String generate(SigningKey.Algorithm algorithm) {
        return switch (algorithm) {
            case HMAC_SHA256 -> {
                var key = new byte[GENERATED_HMAC];
                RANDOM.nextBytes(key);
                yield HMAC_PREFIX + Base64.getEncoder().encodeToString(key);
            }
            case ED25519 -> {
                var seed =
                        ((EdECPrivateKey) pair(RANDOM).getPrivate()).getBytes().orElseThrow();
                yield PRIVATE_PREFIX + Base64.getEncoder().encodeToString(seed);
            }
        };
    }

    /**
     * The public key of an Ed25519 secret, with which a receiver verifies.
     *
     * @throws IllegalArgumentException if the string is not an Ed25519 secret
     */
    public static String publicKey(String secret) {
        return PUBLIC_PREFIX + Base64.getEncoder().encodeToString(publicOf(seed(secret)));
    }

    /**
     * Checks a secret before it is stored.
     *
     * @throws IllegalArgumentException if it is not a valid secret; the message does not contain it
     */
    public static void requireLegal(SigningKey.Algorithm algorithm, String secret) {
        switch (algorithm) {
            case HMAC_SHA256 -> hmac(secret);
            case ED25519 -> seed(secret);
        }
    }

    static byte[] hmacKey(SigningKey key) throws SecretUnavailableException {
        try {
            return hmac(key.secret().value().strip());
        } catch (IllegalArgumentException e) {
            throw new SecretUnavailableException("signing key %s: %s".formatted(key.id(), e.getMessage()), e);
        }
    }

    static PrivateKey ed25519Key(SigningKey key) throws SecretUnavailableException {
        try {
            var seed = seed(key.secret().value().strip());
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
        } catch (IllegalArgumentException e) {
            throw new SecretUnavailableException("signing key %s: %s".formatted(key.id(), e.getMessage()), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(String secret) {
        var key = decode(secret, HMAC_PREFIX);
        if (key.length < SHORTEST_HMAC || key.length > LONGEST_HMAC) {
            throw new IllegalArgumentException(
                    "an HMAC secret must have 24 to 64 bytes, but this one has %d".formatted(key.length));
        }
        return key;
    }

    private static byte[] seed(String secret) {
        var key = decode(secret, PRIVATE_PREFIX);
        if (key.length != ED25519 && key.length != 2 * ED25519) {
            throw new IllegalArgumentException(
                    "an Ed25519 secret must have 32 bytes, or 64 with the public key, but this one has %d"
                            .formatted(key.length));
        }
        var seed = Arrays.copyOf(key, ED25519);
        if (key.length > ED25519 && !Arrays.equals(publicOf(seed), Arrays.copyOfRange(key, ED25519, key.length))) {
            throw new IllegalArgumentException("the public key in this Ed25519 secret does not belong to its seed");
        }
        return seed;
    }

    private static byte[] decode(String secret, String prefix) {
        if (!secret.startsWith(prefix)) {
            throw new IllegalArgumentException("a secret of this kind must begin with " + prefix);
        }
        try {
            return Base64.getDecoder().decode(secret.substring(prefix.length()));
        } catch (IllegalArgumentException e) {
            // The message of the exception would contain a character of the secret.
            throw new IllegalArgumentException("the characters after %s are not Base64".formatted(prefix));
        }
    }

    /** Derives the public key. The JDK derives one only when it generates the pair, so it gets the seed as its randomness. */
    private static byte[] publicOf(byte[] seed) {
        var encoded = pair(new SecureRandom() {
                    @Override
                    public void nextBytes(byte[] bytes) {
                        System.arraycopy(seed, 0, bytes, 0, bytes.length);
                    }
                })
                .getPublic()
                .getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - ED25519, encoded.length);
    }

    private static KeyPair pair(SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
