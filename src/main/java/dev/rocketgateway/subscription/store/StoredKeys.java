package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.secret.EncryptionKeys;
import dev.rocketgateway.subscription.secret.SharedKeys;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps shared keys in the database, encrypted if the gateway has an encryption key; without a database, in memory.
 * Thread-safe; blocks.
 */
final class StoredKeys implements SharedKeys {

    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Database database;
    private final EncryptionKeys encryption;
    private final Map<String, byte[]> known = new ConcurrentHashMap<>();

    StoredKeys(Database database, EncryptionKeys encryption) {
        this.database = database;
        this.encryption = encryption;
    }

    @Override
    public byte[] key(String purpose) {
        var key = known.get(purpose);
        if (key == null) {
            key = database.isNone() ? random() : stored(purpose);
            var other = known.putIfAbsent(purpose, key);
            key = other == null ? key : other;
        }
        return key.clone();
    }

    private byte[] stored(String purpose) {
        var stored = find(purpose);
        if (stored.isEmpty()) {
            try {
                insert(purpose, Base64.getEncoder().encodeToString(random()));
            } catch (TakenException createdByAnother) {
                // The next statement reads the key of the other replica.
            }
            stored = find(purpose);
        }
        return Base64.getDecoder().decode(value(stored.orElseThrow()));
    }

    /**
     * Encrypts every stored key again that is not encrypted with the newest encryption key.
     *
     * @throws MissingSecretException if an old encryption key is missing
     */
    void reseal() throws MissingSecretException {
        if (database.isNone() || !encryption.canSeal()) {
            return;
        }
        var newest = encryption.newest().orElseThrow();
        var old = database.read(connection -> Sql.query(
                connection,
                "select purpose, key_id, secret from shared_key where key_id is null or key_id <> ?",
                row -> Map.entry(row.getString("purpose"), read(row)),
                newest));
        for (var key : old) {
            var sealed = encryption.seal(open(key.getValue()));
            database.write(connection -> Sql.update(
                    connection,
                    "update shared_key set key_id = ?, secret = ? where purpose = ?",
                    sealed.keyId(),
                    sealed.text(),
                    key.getKey()));
        }
    }

    private Optional<SecretText> find(String purpose) {
        return database
                .read(connection -> Sql.query(
                        connection,
                        "select key_id, secret from shared_key where purpose = ?",
                        StoredKeys::read,
                        purpose))
                .stream()
                .findFirst();
    }

    private static SecretText read(ResultSet row) throws SQLException {
        var keyId = row.getString("key_id");
        var text = row.getString("secret");
        return keyId == null ? new SecretText.Plain(text) : new SecretText.Sealed(keyId, text);
    }

    private void insert(String purpose, String key) {
        var sealed = encryption.canSeal() ? Optional.of(encryption.seal(key)) : Optional.<SecretText.Sealed>empty();
        database.write(connection -> Sql.update(
                connection,
                "insert into shared_key (purpose, key_id, secret) values (?, ?, ?)",
                purpose,
                sealed.map(SecretText.Sealed::keyId),
                sealed.map(SecretText.Sealed::text).orElse(key)));
    }

    private String value(SecretText secret) {
        try {
            return open(secret);
        } catch (MissingSecretException e) {
            throw new StoreUnavailableException("the stored key that all replicas share cannot be decrypted", e);
        }
    }

    private String open(SecretText secret) throws MissingSecretException {
        return secret instanceof SecretText.Sealed sealed
                ? encryption.open(sealed)
                : ((SecretText.Plain) secret).value();
    }

    private static byte[] random() {
        byte[] key = new byte[BYTES];
        RANDOM.nextBytes(key);
        return key;
    }
}
