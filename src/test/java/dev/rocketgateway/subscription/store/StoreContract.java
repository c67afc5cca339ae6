package dev.rocketgateway.subscription.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.Origin;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.RedriveLog.StoredAt;
import dev.rocketgateway.subscription.store.AttemptHistory.Query;
import dev.rocketgateway.testing.LogCapture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the store promises, whichever database is behind it. */
abstract class StoreContract {

    private final List<TestStore> opened = new ArrayList<>();
    private Map<String, String> settings;

    /** Settings of a new, empty database. */
    abstract Map<String, String> newDatabase();

    @BeforeEach
    void prepare() {
        settings = new HashMap<>(newDatabase());
        settings.put("relist-interval", "1h");
    }

    @AfterEach
    void close() {
        opened.forEach(TestStore::close);
    }

    TestStore replica() {
        return replica(Map.of());
    }

    TestStore replica(Map<String, String> configured) {
        var store = TestStore.with(settings, configured);
        opened.add(store);
        return store;
    }

    @Test
    void whatOneReplicaStoresTheOthersRead() {
        var one = replica();
        var other = replica();

        var stored = one.insert("billing", "endpoint.headers.X-Tenant", "acme", "retry.schedule", "1s,5m");
        other.subscriptions.refresh();

        assertThat(other.subscriptions.list())
                .containsExactly(TestSubscriptions.withOrigin(stored, Origin.API))
                .allSatisfy(read -> assertThat(read.generation()).isPositive());
    }

    @Test
    void aChangeIsMadeToTheGenerationThatWasReadOrNotAtAll() {
        var store = replica();
        var stored = store.insert("billing");

        assertThat(store.update(stored.in(State.PAUSED, Optional.of("a"), 0), stored.generation()))
                .isTrue();
        assertThat(store.update(stored.in(State.PAUSED, Optional.of("b"), 0), stored.generation()))
                .isFalse();

        store.subscriptions.refresh();
        assertThat(store.subscriptions.list()).singleElement().satisfies(read -> {
            assertThat(read.stateReason()).contains("a");
            assertThat(read.generation()).isGreaterThan(stored.generation());
        });
    }

    @Test
    void namesAndGroupsAreThereOnce() {
        var store = replica();
        store.insert("billing");

        assertThatThrownBy(() -> store.insert("billing", "source.consumer-group", "other"))
                .isInstanceOf(TakenException.class);
        assertThatThrownBy(() -> store.insert("other", "source.consumer-group", "GW-billing"))
                .isInstanceOf(TakenException.class);
        store.subscriptions.refresh();
        assertThat(store.subscriptions.list()).hasSize(1);
    }

    @Test
    void aGenerationIsNeverUsedAgain() {
        var store = replica();
        var first = store.insert("billing");
        store.database.write(connection -> SubscriptionTable.delete(connection, "billing", first.generation()));
        store.subscriptions.refresh();
        assertThat(store.subscriptions.list()).isEmpty();

        assertThat(store.insert("billing").generation()).isGreaterThan(first.generation());
    }

    @Test
    void noChangeIsMissedWhileManyAreMade() {
        var reader = replica();
        // Makes the tables. H2 serves one process, and is not made for several that do.
        reader.subscriptions.refresh();
        var writers = List.of(replica(), replica());
        var left = new AtomicInteger(writers.size());
        var threads = Executors.newCachedThreadPool();
        var writing = IntStream.range(0, writers.size())
                .mapToObj(writer -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                for (int i = 0; i < 40; i++) {
                                    var stored = writers.get(writer).insert("s-" + writer + "-" + i);
                                    writers.get(writer)
                                            .update(stored.in(State.PAUSED, Optional.empty(), 0), stored.generation());
                                }
                            } finally {
                                left.decrementAndGet();
                            }
                        },
                        threads))
                .toArray(CompletableFuture<?>[]::new);

        while (left.get() > 0) {
            reader.subscriptions.refresh();
        }
        CompletableFuture.allOf(writing).join();
        threads.shutdown();
        reader.subscriptions.refresh();

        assertThat(reader.subscriptions.list()).hasSize(80).allSatisfy(read -> assertThat(read.state())
                .isEqualTo(State.PAUSED));
    }

    @Test
    void notifiesListenersOfChangesOnly() {
        var store = replica();
        store.subscriptions.refresh();
        var told = new AtomicInteger();
        store.subscriptions.onChange(told::incrementAndGet);

        store.subscriptions.refresh();
        assertThat(told).hasValue(0);
        store.insert("billing");
        store.subscriptions.refresh();
        assertThat(told).hasValue(1);
    }

    @Test
    void aPauseIsInEffectAtOnceAndThenForAllAndAfterARestart() {
        var configured = TestSubscriptions.least("by-file");
        var store = replica(configured);
        var other = replica(configured);
        store.insert("by-api");
        store.subscriptions.refresh();
        other.subscriptions.refresh();

        store.subscriptions.pause("by-file", "gone");
        store.subscriptions.pause("by-api", "gone");
        store.subscriptions.pause("nobody", "gone");

        assertThat(store.subscriptions.list()).hasSize(2).allSatisfy(StoreContract::assertGone);
        assertThat(other.subscriptions.list())
                .allSatisfy(read -> assertThat(read.state()).isEqualTo(State.ACTIVE));
        store.subscriptions.writePauses();
        other.subscriptions.refresh();
        assertThat(other.subscriptions.list()).hasSize(2).allSatisfy(StoreContract::assertGone);
        var restarted = replica(configured);
        restarted.subscriptions.refresh();
        assertThat(restarted.subscriptions.list())
                .usingRecursiveComparison()
                .ignoringFields("createdAt")
                .isEqualTo(other.subscriptions.list());
    }

    private static void assertGone(Subscription subscription) {
        assertThat(subscription.state()).isEqualTo(State.PAUSED);
        assertThat(subscription.stateReason()).contains("gone");
    }

    @Test
    void aPauseGivesWayToWhoeverChangedTheSubscriptionFirst() {
        var store = replica();
        var stored = store.insert("billing");
        store.subscriptions.refresh();
        store.subscriptions.pause("billing", "gone");

        replica().update(stored, stored.generation());
        store.subscriptions.writePauses();

        assertThat(store.subscriptions.list()).singleElement().satisfies(read -> assertThat(read.state())
                .isEqualTo(State.ACTIVE));
    }

    @Test
    void nothingRunsBeforeTheStoreHasSaidWhatIsPaused() {
        var store = replica(TestSubscriptions.least("by-file"));
        assertThat(store.subscriptions.list()).isEmpty();
        assertThat(store.subscriptions.isLoaded()).isFalse();

        store.subscriptions.refresh();

        assertThat(store.subscriptions.list()).extracting(Subscription::name).containsExactly("by-file");
        assertThat(store.subscriptions.isLoaded()).isTrue();
    }

    /** The first start of a subscription is written between the two. */
    @Test
    void aSubscriptionIsNotMissingBetweenReadingTheStoreAndListingWhatWasRead() throws InterruptedException {
        var other = replica();
        other.subscriptions.refresh();
        var store = replica(TestSubscriptions.least("mine"));
        var reader = new Thread(store.subscriptions::refresh, "reader");

        other.database.write(connection -> {
            SubscriptionTable.nextRevision(
                    connection); // The write of a first start waits for the end of this transaction.
            reader.start();
            await().until(() -> Arrays.stream(reader.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(FirstStarts.class.getName())
                            && frame.getMethodName().equals("add")));
            assertThat(store.subscriptions.isLoaded()).isFalse();
            assertThatThrownBy(() -> store.subscriptions.require("mine")).hasMessageContaining("does not know yet");
            return null;
        });

        reader.join();
        assertThat(store.subscriptions.isLoaded()).isTrue();
        assertThat(store.subscriptions.require("mine").name()).isEqualTo("mine");
    }

    @Test
    void theConfigurationWinsOverWhatIsStored() {
        var before = replica();
        before.insert("billing");
        before.insert("other", "source.consumer-group", "GW-mine");
        before.insert("third");
        var configured = TestSubscriptions.least("billing");
        configured.putAll(TestSubscriptions.least("mine"));

        var store = replica(configured);
        try (var log = LogCapture.of(SubscriptionCache.class)) {
            store.subscriptions.refresh();
            store.subscriptions.refresh();

            assertThat(log.messages())
                    .as("tells once of each, however often it looks")
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line).endsWith("in the configuration too subscription=billing"),
                            line -> assertThat(line).endsWith("in the configuration too subscription=other"));
        }
        assertThat(store.subscriptions.list())
                .extracting(Subscription::name, Subscription::origin)
                .containsExactly(
                        tuple("billing", Origin.CONFIG), tuple("mine", Origin.CONFIG), tuple("third", Origin.API));
    }

    @Test
    void whatANewerVersionStoredDoesNotRunAndHarmsNobody() {
        var store = replica();
        store.insert("billing");
        store.insert("other");
        store.database.write(connection -> {
            try (var update = connection.prepareStatement("update subscription set spec = ? where name = 'other'")) {
                update.setString(1, "{\"source\": {\"topic\": \"orders\"}, \"fromTheFuture\": 1}");
                return update.executeUpdate();
            }
        });

        store.subscriptions.refresh();

        assertThat(store.subscriptions.list()).extracting(Subscription::name).containsExactly("billing");
    }

    /** A mark that cannot be written has its message redriven again and again. */
    @Test
    void remembersWhatWasRedrivenOfTheLongestNames() {
        var store = replica();
        var redrives = new StoredRedrives(store.database);
        var group = "g".repeat(ConsumerGroup.MAX_LENGTH);
        var position = new StoredAt("b".repeat(255), Long.MAX_VALUE);

        redrives.mark(group, List.of(position));

        assertThat(redrives.redriven(group)).containsExactly(position);
        assertThat(redrives.redriven("g".repeat(97))).isEmpty();
    }

    @Test
    void remembersWhatWasRedriven() {
        var store = replica();
        var redrives = new StoredRedrives(store.database);

        redrives.mark("billing", List.of(new StoredAt("a", 1), new StoredAt("a", 2), new StoredAt("b", 1)));
        redrives.mark("billing", List.of(new StoredAt("a", 2), new StoredAt("a", 3)));
        redrives.mark("other", List.of(new StoredAt("a", 1)));
        redrives.forgetBelow("billing", "a", 2);

        assertThat(redrives.redriven("billing"))
                .isEqualTo(Set.of(new StoredAt("a", 2), new StoredAt("a", 3), new StoredAt("b", 1)));
        assertThat(redrives.redriven("other")).containsExactly(new StoredAt("a", 1));
    }

    private static Attempt attempt(String subscription, String messageId, String outcome, Instant at) {
        return new Attempt(
                subscription,
                messageId,
                "orders",
                2,
                at,
                Duration.ofMillis(12),
                outcome,
                outcome.equals("timeout") ? OptionalInt.empty() : OptionalInt.of(500),
                outcome.equals("2xx") ? "ACK" : "RETRY",
                Optional.of(Duration.ofSeconds(10)),
                "detail \0 ü",
                "response");
    }

    private static Query query(String subscription) {
        return new Query(subscription, Optional.empty(), Optional.empty(), Optional.empty(), 1000);
    }

    @Test
    void keepsAllOfAnAttempt() {
        var store = replica();
        var given = attempt("billing", "m1", "timeout", Instant.parse("2026-01-01T00:00:00.123Z"));
        store.database.write(connection -> {
            AttemptTable.insert(connection, List.of(given, attempt("other", "m1", "2xx", Instant.now())));
            return null;
        });

        var attempts = new StoredAttempts(store.config.attempts(), store.database);

        assertThat(attempts.find(query("billing")))
                .extracting(AttemptHistory.Kept::attempt)
                .containsExactly(given);
        assertThat(given.detail()).isEqualTo("detail \uFFFD ü");
    }

    @Test
    void storesWhatMessagesAreCalledWhateverThatIs() {
        var store = replica();
        store.database.write(connection -> {
            AttemptTable.insert(connection, List.of(attempt("billing", "a\0" + "x".repeat(300), "2xx", Instant.now())));
            return null;
        });

        assertThat(new StoredAttempts(store.config.attempts(), store.database).find(query("billing")))
                .singleElement()
                .satisfies(kept -> assertThat(kept.attempt().messageId())
                        .startsWith("a\uFFFDx")
                        .hasSize(255));
    }

    @Test
    void knowsTheLastFailureOfEachMessage() {
        var store = replica();
        var last = attempt("billing", "m1", "timeout", Instant.parse("2026-01-01T00:00:01Z"));
        store.database.write(connection -> {
            AttemptTable.insert(
                    connection,
                    List.of(
                            attempt("billing", "m1", "5xx", Instant.EPOCH),
                            last,
                            attempt("billing", "m1", "2xx", Instant.now()),
                            attempt("billing", "m2", "2xx", Instant.now()),
                            attempt("other", "m3", "5xx", Instant.now())));
            return null;
        });

        assertThat(new StoredAttempts(store.config.attempts(), store.database)
                        .lastFailures("billing", List.of("m1", "m2", "m3")))
                .isEqualTo(Map.of("m1", last));
        assertThat(new StoredAttempts(store.config.attempts(), store.database).lastFailures("billing", List.of()))
                .isEmpty();
    }

    @Test
    void keepsAFewSuccessesMoreFailuresAndNothingThatIsOld() {
        settings.put("attempts.successes", "2");
        settings.put("attempts.failures", "3");
        settings.put("attempts.age", "1h");
        var store = replica();
        var old = Instant.now().minus(Duration.ofHours(2));
        store.database.write(connection -> {
            var all = new ArrayList<Attempt>();
            for (int i = 0; i < 5; i++) {
                all.add(attempt("billing", "s" + i, "2xx", Instant.now()));
                all.add(attempt("billing", "f" + i, "5xx", Instant.now()));
                all.add(attempt("other", "o" + i, "5xx", i < 4 ? old : Instant.now()));
            }
            AttemptTable.insert(connection, all);
            return null;
        });
        var attempts = new StoredAttempts(store.config.attempts(), store.database);

        attempts.cleanUp();

        assertThat(attempts.find(query("billing")))
                .extracting(kept -> kept.attempt().messageId())
                .containsExactly("f4", "s4", "f3", "s3", "f2");
        assertThat(attempts.find(query("other")))
                .extracting(kept -> kept.attempt().messageId())
                .containsExactly("o4");
    }

    @Test
    void writesAttemptsInTheBackground() {
        var store = replica();
        var attempts = new StoredAttempts(store.config.attempts(), store.database);
        attempts.start();
        for (int i = 0; i < 2000; i++) {
            attempts.record(attempt("billing", "m" + i, "5xx", Instant.now()));
        }

        attempts.stop();

        var all = new Query("billing", Optional.empty(), Optional.empty(), Optional.empty(), 10_000);
        await().untilAsserted(() -> assertThat(attempts.find(all)).hasSize(2000));
        assertThat(attempts.dropped()).isZero();
    }

    @Test
    void writesAShareOfTheSuccessesWhenManyComeAtOnceAndAllFailures() {
        var store = replica();
        var attempts = new StoredAttempts(store.config.attempts(), store.database);
        for (int i = 0; i < 30; i++) {
            for (int subscription = 0; subscription < 20; subscription++) {
                attempts.record(attempt("s" + subscription, "m" + i, "2xx", Instant.now()));
            }
            attempts.record(attempt("s0", "f" + i, "5xx", Instant.now()));
        }
        // All of them are one moment.
        attempts.start();

        attempts.stop();

        var newest = IntStream.rangeClosed(1, 25).mapToObj(i -> "m" + (30 - i)).toList();
        await().untilAsserted(() -> assertThat(messages(attempts, "s19")).isEqualTo(newest));
        assertThat(messages(attempts, "s0"))
                .filteredOn(id -> id.startsWith("m"))
                .isEqualTo(newest);
        assertThat(messages(attempts, "s0"))
                .filteredOn(id -> id.startsWith("f"))
                .hasSize(30);
    }

    private static List<String> messages(AttemptHistory attempts, String subscription) {
        var all = new Query(subscription, Optional.empty(), Optional.empty(), Optional.empty(), 10_000);
        return attempts.find(all).stream()
                .map(kept -> kept.attempt().messageId())
                .toList();
    }

    @Test
    void aStopThatDoesNotWaitForTheWriterLeavesTheDatabaseUsable() {
        var store = replica();
        var attempts = new StoredAttempts(store.config.attempts(), store.database, Duration.ZERO);
        attempts.start();
        for (int i = 0; i < 5000; i++) {
            attempts.record(attempt("billing", "m" + i, "5xx", Instant.now()));
        }

        attempts.stop();

        var all = new Query("billing", Optional.empty(), Optional.empty(), Optional.empty(), 10_000);
        await().untilAsserted(() -> assertThat(attempts.find(all)).hasSize(5000));
    }

    @Test
    void doesNotWriteSuccessesThatAreTooManyToBeKept() {
        settings.put("attempts.successes", "2");
        var store = replica();
        var attempts = new StoredAttempts(store.config.attempts(), store.database);
        attempts.start();
        attempts.record(attempt("billing", "failed", "5xx", Instant.now()));
        for (int i = 0; i < 2000; i++) {
            attempts.record(attempt("billing", "s" + i, "2xx", Instant.now()));
            attempts.record(attempt("other", "o" + i, "2xx", Instant.now()));
        }

        attempts.stop();

        for (var last : List.of("billing:s1999", "other:o1999")) {
            var names = last.split(":");
            // Those of a moment are written together, and a slow machine needs several for so many.
            assertThat(attempts.find(new Query(names[0], Optional.empty(), Optional.empty(), Optional.empty(), 10_000)))
                    .extracting(kept -> kept.attempt().messageId())
                    .startsWith(names[1])
                    .hasSizeLessThan(100);
        }
        assertThat(attempts.find(query("billing")))
                .extracting(kept -> kept.attempt().messageId())
                .contains("failed");
        assertThat(attempts.dropped()).isZero();
    }

    private static String encryptionKey(String id) {
        return id + ":" + Base64.getEncoder().encodeToString(Arrays.copyOf(id.getBytes(StandardCharsets.UTF_8), 32));
    }

    @Test
    void sealsAnewWithTheNewestKeyAndLeavesNothingReadable() throws MissingSecretException {
        settings.put("encryption-keys", encryptionKey("old"));
        var before = replica();
        var given = TestSubscriptions.subscription(
                "billing",
                "endpoint.auth.type",
                "BEARER",
                "endpoint.auth.token",
                "hidden-token",
                "endpoint.signing.keys[0].secret",
                "whsec_" + Base64.getEncoder().encodeToString(new byte[32]));
        before.database.write(connection -> {
            SubscriptionTable.insert(
                    connection, before.secrets.sealed(given), SubscriptionTable.nextRevision(connection));
            return null;
        });
        before.subscriptions.refresh();
        settings.put("encryption-keys", encryptionKey("new") + "," + encryptionKey("old"));
        var store = replica();
        store.subscriptions.refresh();

        store.resealing.run();

        before.subscriptions.refresh();
        assertThat(before.subscriptions.list().get(0).generation())
                .isEqualTo(store.subscriptions.list().get(0).generation());
        settings.put("encryption-keys", encryptionKey("new"));
        var after = replica();
        after.subscriptions.refresh();
        var endpoint = after.subscriptions.list().get(0).endpoint().orElseThrow();
        assertThat(after.secrets.value(((EndpointAuth.Bearer) endpoint.auth()).token()))
                .isEqualTo("hidden-token");
        assertThat(after.secrets.value(endpoint.signing().keys().get(0).secret()))
                .startsWith("whsec_");
        var spec = after.database.read(connection ->
                SubscriptionTable.find(connection, "billing").orElseThrow().spec());
        assertThat(spec).contains("sealed:new:").doesNotContain("sealed:old:", "hidden", "whsec_");
    }

    @Test
    void givesEveryReplicaTheSameKeyAndEncryptsItAgainWithTheNewestEncryptionKey() {
        settings.put("encryption-keys", encryptionKey("old"));
        var first = replica();
        byte[] key = first.sharedKeys.key("receipts");
        assertThat(key).hasSize(32).isNotEqualTo(new byte[32]);
        assertThat(replica().sharedKeys.key("receipts")).isEqualTo(key);
        assertThat(first.sharedKeys.key("other")).isNotEqualTo(key);
        settings.put("encryption-keys", encryptionKey("new") + "," + encryptionKey("old"));

        var store = replica();
        store.subscriptions.refresh();
        store.resealing.run();

        settings.put("encryption-keys", encryptionKey("new"));
        assertThat(replica().sharedKeys.key("receipts")).isEqualTo(key);
        List<String> keyIds = store.database.read(
                connection -> Sql.query(connection, "select key_id from shared_key", row -> row.getString("key_id")));
        assertThat(keyIds).containsOnly("new");
    }

    @Test
    void storesNoSecretAsItIs() {
        var store = replica();
        var readable = TestSubscriptions.subscription(
                "billing", "endpoint.auth.type", "BEARER", "endpoint.auth.token", "hidden");

        assertThatThrownBy(() -> store.database.write(connection -> {
                    SubscriptionTable.insert(connection, readable, 1);
                    return null;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("hidden");
    }
}
