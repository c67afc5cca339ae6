package dev.rocketgateway.subscription.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.TestSubscriptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscriptionRepositoryTest {

    @TempDir
    Path directory;

    /** Another request has created a subscription of the same name when ours is inserted, and has deleted it when we look. */
    private static Runnable takenFor(int tries, AtomicInteger tried) {
        return () -> {
            if (tried.incrementAndGet() <= tries) {
                throw new TakenException(null);
            }
        };
    }

    @Test
    void insertsAgainIfTheNameIsFreeAgain() {
        try (var store = TestStore.with(Map.of("url", "jdbc:h2:file:" + directory.resolve("one")))) {
            store.subscriptions.refresh();
            var repository = new SubscriptionRepository(
                    store.database, store.subscriptions, new MemoryAttempts(store.config.attempts()));
            var tried = new AtomicInteger();

            var inserted = repository.insert(TestSubscriptions.subscription("billing"), takenFor(2, tried));

            assertThat(tried).hasValue(3);
            assertThat(store.subscriptions.require("billing").generation()).isEqualTo(inserted.generation());
        }
    }

    @Test
    void givesUpIfOtherRequestsGoOn() {
        try (var store = TestStore.with(Map.of("url", "jdbc:h2:file:" + directory.resolve("two")))) {
            store.subscriptions.refresh();
            var repository = new SubscriptionRepository(
                    store.database, store.subscriptions, new MemoryAttempts(store.config.attempts()));
            var tried = new AtomicInteger();

            assertThatThrownBy(() -> repository.insert(TestSubscriptions.subscription("billing"), takenFor(100, tried)))
                    .isInstanceOfSatisfying(GatewayException.class, problem -> {
                        assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
                        assertThat(problem).hasMessageContaining("'billing'");
                    });
            assertThat(tried).hasValue(3);
            assertThat(store.subscriptions.find("billing")).isEmpty();
        }
    }
}
