package dev.rocketgateway.subscription.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubscriptionRepositoryTest {

    @TempDir
    Path directory;

    private final AtomicInteger tried = new AtomicInteger();
    private TestStore store;

    @BeforeEach
    void open() {
        store = TestStore.with(Map.of("url", "jdbc:h2:file:" + directory.resolve("store")));
        store.subscriptions.refresh();
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** For some tries, another request has created a subscription of the same name, and has deleted it when we look. */
    private Subscription insert(int disturbedTries) {
        var attempts = new MemoryAttempts(store.config.attempts());
        return new SubscriptionRepository(store.database, store.subscriptions, attempts)
                .insert(TestSubscriptions.subscription("billing"), () -> {
                    if (tried.incrementAndGet() <= disturbedTries) {
                        throw new TakenException(null);
                    }
                });
    }

    @Test
    void insertsAgainIfTheNameIsFreeAgain() {
        var inserted = insert(2);

        assertThat(tried).hasValue(3);
        assertThat(store.subscriptions.require("billing").generation()).isEqualTo(inserted.generation());
    }

    @Test
    void givesUpIfOtherRequestsGoOn() {
        assertThatThrownBy(() -> insert(100)).isInstanceOfSatisfying(GatewayException.class, problem -> {
            assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
            assertThat(problem).hasMessageContaining("'billing'");
        });

        assertThat(tried).hasValue(3);
        assertThat(store.subscriptions.find("billing")).isEmpty();
    }
}
