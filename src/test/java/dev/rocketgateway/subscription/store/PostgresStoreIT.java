package dev.rocketgateway.subscription.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.api.ApiRules;
import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.testing.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresStoreIT extends StoreContract {

    private static TestPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
    }

    @AfterAll
    static void stop() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    Map<String, String> newDatabase() {
        return Map.of("url", postgres.newDatabase(), "username", postgres.user());
    }

    @Test
    void replicasThatStartAtOnceMakeTheTablesOnce() {
        var starting = IntStream.range(0, 4)
                .mapToObj(i -> replica())
                .map(replica -> CompletableFuture.runAsync(replica.subscriptions::refresh))
                .toList();

        assertThat(starting).allSatisfy(start -> assertThat(start).succeedsWithin(Duration.ofSeconds(30)));
    }

    @Test
    void goesOnWithWhatItKnowsWhileTheDatabaseIsDown() {
        var store = replica(TestSubscriptions.least("by-file"));
        var stored = store.insert("by-api");
        store.subscriptions.refresh();
        postgres.stop();
        try {
            assertThatThrownBy(store.subscriptions::refresh)
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessage("the database does not answer");
            assertThat(store.subscriptions.list()).hasSize(2);
            store.subscriptions.pause("by-api", "gone");
            assertThat(store.subscriptions.list())
                    .filteredOn(known -> known.state() == Subscription.State.PAUSED)
                    .extracting(Subscription::name)
                    .containsExactly("by-api");
            assertThatThrownBy(store.subscriptions::writePauses).isInstanceOf(StoreUnavailableException.class);
            assertThatThrownBy(() -> store.update(stored, stored.generation()))
                    .isInstanceOf(StoreUnavailableException.class);
        } finally {
            postgres.restart();
        }

        store.subscriptions.writePauses();

        var other = replica();
        other.subscriptions.refresh();
        assertThat(other.subscriptions.list()).singleElement().satisfies(read -> {
            assertThat(read.state()).isEqualTo(Subscription.State.PAUSED);
            assertThat(read.stateReason()).contains("gone");
        });
    }

    @Test
    void dropsAndCountsAttemptsWhileTheDatabaseIsDownAndNeverWaits() {
        var store = replica(Map.of());
        store.subscriptions.refresh();
        var config = TestStore.config(Map.of("attempts.queue", "10"));
        var attempts = new StoredAttempts(config.attempts(), store.database);
        postgres.stop();
        try {
            attempts.start();
            long start = System.nanoTime();
            for (int i = 0; i < 1000; i++) {
                attempts.record(new Attempt(
                        "billing",
                        "m" + i,
                        "orders",
                        1,
                        Instant.now(),
                        Duration.ZERO,
                        "timeout",
                        OptionalInt.empty(),
                        "RETRY",
                        Optional.empty(),
                        "",
                        ""));
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            await().untilAsserted(() -> assertThat(attempts.dropped()).isEqualTo(1000));
        } finally {
            postgres.restart();
            attempts.stop();
        }
    }

    @Test
    void keepsNoSecretWithoutAKey() {
        var store = replica();

        assertThat(store.secrets.canSeal()).isFalse();
        assertThat(new ApiRules(Optional.empty(), store.secrets.canSeal()).obstacle())
                .contains("gateway.store.encryption-keys is not set");
    }
}
