package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.history.RedriveLog;
import dev.rocketgateway.subscription.secret.EncryptionKeys;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/** Provides the beans that depend on whether the gateway has a store. */
class StoreBeans {

    @Produces
    @Singleton
    Database database(StoreConfig config) {
        return new Database(config);
    }

    @Produces
    @Singleton
    EncryptionKeys encryptionKeys(StoreConfig config, Database database) {
        return new EncryptionKeys(config.encryptionKeys().orElse(List.of()), database.file());
    }

    @Produces
    @Singleton
    StoredKeys sharedKeys(Database database, EncryptionKeys encryption) {
        return new StoredKeys(database, encryption);
    }

    @Produces
    @Singleton
    AttemptHistory attempts(StoreConfig config, Database database) {
        return database.isNone()
                ? new MemoryAttempts(config.attempts())
                : new StoredAttempts(config.attempts(), database);
    }

    @Produces
    @Singleton
    RedriveLog redrives(Database database) {
        return database.isNone() ? new MemoryRedrives() : new StoredRedrives(database);
    }
}
