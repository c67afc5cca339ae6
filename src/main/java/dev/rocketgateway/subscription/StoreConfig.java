package dev.rocketgateway.subscription;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where subscriptions are kept, with their secrets and what became of deliveries. */
@ConfigMapping(prefix = "gateway.store")
public interface StoreConfig {

    /** `jdbc:h2:file:…` for one replica, `jdbc:postgresql://…` for any number, or `none`: then only the configuration has subscriptions. */
    @WithDefault("jdbc:h2:file:./data/gateway")
    String url();

    /** User of the database. */
    Optional<String> username();

    /** Its password. */
    Optional<Password> password();

    /** How long connecting, and each statement, may take. Too low fails while the database is busy; too high holds callers. */
    @WithDefault("5s")
    Duration timeout();

    /** Connections at most. Too low makes callers wait for each other; too high crowds the database. */
    @WithDefault("4")
    int maxConnections();

    /** How often changes of other replicas are looked for, and a database that is down is tried again. Too high notices them late. */
    @WithDefault("2s")
    Duration pollInterval();

    /** How often everything is read anew, whether or not it seems changed. Too low loads the database. */
    @WithDefault("60s")
    Duration relistInterval();

    /** Below it are the files that `…Ref` fields name. A wrong one holds the subscriptions that need them. */
    @WithDefault("secrets")
    String secretsDirectory();

    /** Keys for secrets given inline, `id:` and the Base64 of 32 bytes. The first encrypts, all decrypt. */
    Optional<List<Password>> encryptionKeys();

    /** How long old signing keys go on signing after `:rotateSecret`. Too low breaks receivers that have not been told. */
    @WithDefault("24h")
    Duration rotationOverlap();

    /** Bytes a document of the API may have. Too low refuses large subscriptions with 413; too high lets callers fill the memory. */
    @WithDefault("256K")
    MemorySize maxDocumentSize();

    /** What became of deliveries. */
    Attempts attempts();

    /** How much is kept of deliveries. */
    interface Attempts {

        /** Attempts that may wait to be written. Too low drops them when the database is slow; too high holds memory. */
        @WithDefault("10000")
        int queue();

        /** Successes kept of each subscription. */
        @WithDefault("100")
        int successes();

        /** Failures kept of each subscription. Too high fills the disk while an endpoint is down. */
        @WithDefault("10000")
        int failures();

        /** How long any are kept. */
        @WithDefault("7d")
        Duration age();

        /** How often what need not be kept is deleted. */
        @WithDefault("1m")
        Duration cleanupInterval();
    }

    /** A text that does not show itself. */
    record Password(String value) {

        @Override
        public String toString() {
            return "***";
        }
    }
}
