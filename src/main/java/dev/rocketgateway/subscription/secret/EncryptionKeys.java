package dev.rocketgateway.subscription.secret;

import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.StoreConfig.Password;
import dev.rocketgateway.subscription.StoreUnavailableException;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts (seals) secrets with AES-256-GCM. Without configured keys, the key for an embedded database is in a file beside the
 * database. The file is created on first use. Thread-safe.
 */
public final class EncryptionKeys {

    private static final String KEY = "gateway.store.encryption-keys";
    private static final String FILE_KEY_ID = "file";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, SecretKey> keys;
    private final Optional<String> newest;
    private final @Nullable Path file;
    private @Nullable SecretKey fromFile;

    /**
     * @param configured in the form {@code id:base64}; the first key encrypts
     * @param database path of the file of an embedded database
     * @throws ConfigurationException if a key is invalid; the message does not contain the key
     */
    public EncryptionKeys(List<Password> configured, Optional<Path> database) {
        this.keys = new LinkedHashMap<>();
        for (var entry : configured) {
            var parts = entry.value().split(":", 2);
            if (parts.length != 2 || !ID.matcher(parts[0]).matches() || parts[0].equals(FILE_KEY_ID)) {
                throw new ConfigurationException(KEY + ": an entry must be an id, ':' and the Base64 of 32 bytes");
            }
            if (keys.put(parts[0], key(parts[1])) != null) {
                throw new ConfigurationException(
                        "%s: two keys have the id '%s'; give each key its own id".formatted(KEY, parts[0]));
            }
        }
        this.newest = keys.keySet().stream().findFirst();
        this.file = database.map(path -> path.resolveSibling(path.getFileName() + ".key"))
                .orElse(null);
    }

    private static SecretKey key(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64.strip());
            if (bytes.length == KEY_BYTES) {
                return new SecretKeySpec(bytes, "AES");
            }
        } catch (IllegalArgumentException notBase64) {
            // The message of the exception would show the key.
        }
        throw new ConfigurationException(KEY + ": a key must be the Base64 of 32 bytes");
    }

    /** Whether a secret can be encrypted. */
    public boolean canSeal() {
        return newest.isPresent() || file != null;
    }

    /** The id of the current encryption key; empty if there is none. */
    public Optional<String> newest() {
        return newest.or(() -> Optional.ofNullable(file).map(path -> FILE_KEY_ID));
    }

    /**
     * Encrypts a secret with the current encryption key.
     *
     * @throws IllegalStateException if there is no encryption key
     */
    public SecretText.Sealed seal(String value) {
        var id = newest().orElseThrow(() -> new IllegalStateException("no key to encrypt secrets with"));
        try {
            byte[] nonce = new byte[NONCE_BYTES];
            RANDOM.nextBytes(nonce);
            var cipher = cipher(Cipher.ENCRYPT_MODE, sealingKey(), id, nonce);
            byte[] sealed = cipher.doFinal(value.getBytes(StandardCharsets.UTF_8));
            byte[] text = new byte[nonce.length + sealed.length];
            System.arraycopy(nonce, 0, text, 0, nonce.length);
            System.arraycopy(sealed, 0, text, nonce.length, sealed.length);
            return new SecretText.Sealed(id, Base64.getEncoder().encodeToString(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
    }

    public String open(SecretText.Sealed sealed) throws MissingSecretException {
        var key = sealed.keyId().equals(FILE_KEY_ID) ? existingFileKey() : keys.get(sealed.keyId());
        if (key == null) {
            throw new MissingSecretException("%s has no key '%s'".formatted(KEY, sealed.keyId()));
        }
        try {
            byte[] text = Base64.getDecoder().decode(sealed.text());
            var cipher = cipher(Cipher.DECRYPT_MODE, key, sealed.keyId(), Arrays.copyOf(text, NONCE_BYTES));
            return new String(cipher.doFinal(text, NONCE_BYTES, text.length - NONCE_BYTES), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new MissingSecretException(
                    "the key '%s' cannot decrypt a stored secret".formatted(sealed.keyId()), e);
        }
    }

    private static Cipher cipher(int mode, SecretKey key, String id, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(id.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private SecretKey sealingKey() {
        return newest.map(keys::get).orElseGet(this::fileKey);
    }

    private synchronized @Nullable SecretKey existingFileKey() {
        return fromFile != null || file != null && Files.exists(file) ? fileKey() : null;
    }

    private synchronized SecretKey fileKey() {
        if (fromFile == null) {
            var path = Objects.requireNonNull(file, "only an embedded database has a file with an encryption key");
            try {
                if (!Files.exists(path)) {
                    create(path);
                }
                fromFile = key(Files.readString(path));
            } catch (IOException e) {
                throw new StoreUnavailableException("the file with the encryption key cannot be read or written", e);
            }
        }
        return fromFile;
    }

    private static void create(Path path) throws IOException {
        byte[] bytes = new byte[KEY_BYTES];
        RANDOM.nextBytes(bytes);
        var parent = path.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var made = path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.createTempFile(parent, "key", ".new", ownerOnly)
                : Files.createTempFile(parent, "key", ".new");
        Files.writeString(made, Base64.getEncoder().encodeToString(bytes));
        try {
            Files.move(made, path);
        } catch (FileAlreadyExistsException madeByAnother) {
            Files.delete(made);
        }
    }
}
