package dev.rocketgateway.security.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Generates and checks API keys: 256 random bits after a prefix that secret scanners can look for. */
public final class ApiKey {

    /** Prefix of every key, by which a key in a log or a repository can be recognized. */
    static final String PREFIX = "gwk_";

    private static final int RANDOM_BYTES = 32;
    private static final Pattern KEY = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    private ApiKey() {}

    /** Generates a new key. */
    public static String generate() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /**
     * Returns the key, if it has the form of a key.
     *
     * @throws IllegalArgumentException if the string is not a whole key
     */
    static String checked(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a key is gwk_ and 43 letters, digits, '_' and '-'");
        }
        return key;
    }

    /** SHA-256 of a key in hexadecimal, as in the settings. */
    public static String sha256(String key) {
        return HexFormat.of().formatHex(digest(key));
    }

    /** SHA-256 of an API key or a token, usable as the key of a map. */
    static ByteBuffer hash(String credential) {
        return ByteBuffer.wrap(digest(credential));
    }

    /**
     * Parses the SHA-256 of a key, as it is in the settings.
     *
     * @throws IllegalArgumentException if the string is not a SHA-256 in hexadecimal
     */
    static ByteBuffer parseHash(String hex) {
        if (!SHA256.matcher(hex).matches()) {
            throw new IllegalArgumentException("it must be a SHA-256 in hexadecimal, with 64 digits");
        }
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    private static byte[] digest(String credential) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(credential.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime does not have SHA-256", e);
        }
    }
}
