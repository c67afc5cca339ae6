package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.file.DeclaredSubscriptions;
import dev.rocketgateway.subscription.file.SubscriptionFiles;
import dev.rocketgateway.subscription.secret.EncryptionKeys;
import dev.rocketgateway.subscription.secret.SubscriptionSecrets;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One replica's view of a database, without a service around it and without a thread: whoever tests says when it looks. */
final class TestStore implements AutoCloseable {

    final StoreConfig config;
    final Database database;
    final EncryptionKeys keys;
    final SubscriptionSecrets secrets;
    final SubscriptionCache subscriptions;
    final StoredKeys sharedKeys;
    final Resealing resealing;

    private TestStore(Map<String, String> settings, Map<String, String> configured) {
        this.config = config(settings);
        this.database = new Database(config);
        this.keys = new EncryptionKeys(config.encryptionKeys().orElse(List.of()), database.file());
        this.secrets = new SubscriptionSecrets(config, keys);
        this.subscriptions = new SubscriptionCache(
                new DeclaredSubscriptions(
                        TestSubscriptions.config(configured), new SubscriptionFiles(Optional.empty())),
                database,
                config);
        this.sharedKeys = new StoredKeys(database, keys);
        this.resealing = new Resealing(subscriptions, secrets, database, sharedKeys);
    }

    static TestStore with(Map<String, String> settings) {
        return with(settings, Map.of());
    }

    static TestStore with(Map<String, String> settings, Map<String, String> configured) {
        return new TestStore(settings, configured);
    }

    static StoreConfig config(Map<String, String> settings) {
        var named = new HashMap<String, String>();
        settings.forEach((key, value) -> named.put("gateway.store." + key, value));
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(StoreConfig.class)
                .withSources(new PropertiesConfigSource(named, "test", 100))
                .build()
                .getConfigMapping(StoreConfig.class);
    }

    /** A new subscription as the API makes them, stored. */
    Subscription insert(String name, String... settings) {
        var given = TestSubscriptions.subscription(name, settings);
        return database.write(connection -> {
            long revision = SubscriptionTable.nextRevision(connection);
            SubscriptionTable.insert(connection, given, revision);
            return given.in(given.state(), given.stateReason(), revision);
        });
    }

    /** What is in the database, if it is of this generation, becomes this. */
    boolean update(Subscription changed, long known) {
        return database.write(connection -> {
            long revision = SubscriptionTable.nextRevision(connection);
            return SubscriptionTable.update(connection, changed, known, revision, revision);
        });
    }

    @Override
    public void close() {
        database.close();
    }
}
