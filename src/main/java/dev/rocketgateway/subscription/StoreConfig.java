package dev.rocketgateway.subscription;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the store: the database for subscriptions, their secrets, and the attempt log. */
@ConfigMapping(prefix = "gateway.store")
public interface StoreConfig {

    /**
     * JDBC URL of the [store](subscriptions.md#the-store): `jdbc:h2:file:…`, a file for one replica;
     * `jdbc:postgresql://host/database` for any number of replicas; or `none` for no database: then all subscriptions come from the
     * configuration.
     */
    @WithDefault("jdbc:h2:file:./data/gateway")
    String url();

    /** User of the database. It needs the right to create tables. */
    Optional<String> username();

    /** Password of the database user. */
    Optional<Password> password();

    /**
     * Longest time to connect to the database, and longest time of each statement. Too low: requests fail while the database is busy. Too
     * high: callers wait for a database that does not answer.
     */
    @WithDefault("5s")
    Duration timeout();

    /** Maximum number of connections to the database. Too low: callers wait for each other. Too high: the database has too many connections. */
    @WithDefault("4")
    int maxConnections();

    /**
     * How often the gateway looks for changes by other replicas, and retries a database that is down. Too low: load on the
     * database. Too high: changes take effect late.
     */
    @WithDefault("2s")
    Duration pollInterval();

    /**
     * How often the gateway reads all subscriptions again, even without a visible change. Too low: load on the database. Too high:
     * a missed change takes effect late.
     */
    @WithDefault("60s")
    Duration relistInterval();

    /**
     * Directory of the files that `…-ref` keys and `…Ref` fields name. With a wrong directory, subscriptions that need these
     * files are held.
     */
    @WithDefault("secrets")
    String secretsDirectory();

    /**
     * Keys for inline secrets, each `id:` followed by the Base64 of 32 bytes. The first key encrypts, all keys decrypt. If a key is
     * removed too early, subscriptions with its secrets are held.
     */
    Optional<List<Password>> encryptionKeys();

    /**
     * How long old signing keys still sign after `:rotateSecret`. Too low: receivers without the new key reject webhooks. Too high:
     * a leaked key stays valid for longer.
     */
    @WithDefault("24h")
    Duration rotationOverlap();

    /**
     * Largest request body of the subscriptions API. Too low: large subscriptions get 413. Too high: callers can fill the memory.
     */
    @WithDefault("256K")
    MemorySize maxDocumentSize();

    /** Settings of the attempt log. */
    Attempts attempts();

    /** Limits of the attempt log. */
    interface Attempts {

        /**
         * Maximum number of attempts that wait to be written. Too low: attempts are dropped while the database is slow. Too high: waiting
         * attempts fill the memory.
         */
        @WithDefault("10000")
        int queue();

        /**
         * Number of successful attempts to keep for each subscription. Too low: few examples of successes. Too high: more writes
         * and more disk.
         */
        @WithDefault("100")
        int successes();

        /**
         * Number of failed attempts to keep for each subscription. Too low: dead letters lose their reasons. Too high: the disk
         * fills while an endpoint is down.
         */
        @WithDefault("10000")
        int failures();

        /** Longest time to keep attempts. Too low: dead letters lose their reasons. Too high: more disk. */
        @WithDefault("7d")
        Duration age();

        /**
         * How often the gateway deletes attempts above these limits. Too low: load on the database. Too high: the limits are
         * exceeded for longer.
         */
        @WithDefault("1m")
        Duration cleanupInterval();
    }

    /** A password or key. {@code toString} does not show its value. */
    record Password(String value) {

        @Override
        public String toString() {
            return "***";
        }
    }
}
