package dev.rocketgateway.subscription.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database and other processes. */
class H2FileIT {

    private static final int KILLS = Integer.getInteger("kills", 8);

    @TempDir
    Path directory;

    @Test
    void oneFileServesOneProcess() throws IOException {
        var file = directory.resolve("gateway");
        try (var other = ChildJvm.start(StoreWriter.class, file.toString(), "0")) {
            other.awaitLine("ready");
            try (var store = TestStore.with(Map.of("url", "jdbc:h2:file:" + file))) {
                assertThatThrownBy(store.subscriptions::refresh)
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessage("the database file is in use by another process; use PostgreSQL to run more"
                                + " than one replica");
                other.kill();

                store.subscriptions.refresh();

                assertThat(store.subscriptions.list()).isEmpty();
            }
        }
    }

    /** kill -9 in the middle of writes, again and again: everything that was confirmed is there, and the file is whole. */
    @Test
    void losesNothingThatWasConfirmedWhenItIsKilled() throws IOException {
        var file = directory.resolve("gateway");
        var confirmed = new LinkedHashSet<String>();
        var random = new Random(42);
        for (int round = 0; round < KILLS; round++) {
            try (var writer = ChildJvm.start(StoreWriter.class, file.toString(), String.valueOf(round + 1))) {
                writer.awaitLine("ready");
                writer.awaitLines(5 + random.nextInt(40));
                writer.kill();
                confirmed.addAll(writer.lines());
            }
            confirmed.remove("ready");
            try (var store = TestStore.with(Map.of("url", "jdbc:h2:file:" + file))) {
                store.subscriptions.refresh();

                assertThat(store.subscriptions.list())
                        .extracting(Subscription::name)
                        .containsAll(confirmed);
            }
        }
        assertThat(confirmed).hasSizeGreaterThan(10 * KILLS);
    }
}
