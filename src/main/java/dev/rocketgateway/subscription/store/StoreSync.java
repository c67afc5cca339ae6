package dev.rocketgateway.subscription.store;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.StoreUnavailableException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Synchronizes the cache with the database periodically, on its own thread, and detects when the database goes down and comes back.
 * While the database is down, known subscriptions continue to run.
 *
 * <pre>
 *   tick ──▶ read changes ──▶ write pauses ──▶ re-encrypt ──▶ delete old attempts
 * </pre>
 */
@Singleton
public class StoreSync {

    /** Time limit for a running migration when the gateway stops. A migration is short, but can take more than 2 s on a busy machine. */
    private static final int CLOSE_WAIT_SECONDS = 10;

    private static final Logger LOG = Logger.getLogger(StoreSync.class);

    private final Database database;
    private final SubscriptionCache subscriptions;
    private final Resealing resealing;
    private final AttemptHistory attempts;
    private final Duration pollInterval;
    private final Duration cleanupInterval;
    private final ScheduledExecutorService schedule =
            Executors.newSingleThreadScheduledExecutor(new ThreadFactoryBuilder()
                    .setNameFormat("gateway-store")
                    .setDaemon(true)
                    .build());

    private volatile Optional<String> trouble = Optional.of("the store has not been read yet");
    private boolean announced;
    private long cleanedUpAt = System.nanoTime();

    StoreSync(
            Database database,
            SubscriptionCache subscriptions,
            Resealing resealing,
            AttemptHistory attempts,
            StoreConfig config) {
        this.database = database;
        this.subscriptions = subscriptions;
        this.resealing = resealing;
        this.attempts = attempts;
        this.pollInterval = config.pollInterval();
        this.cleanupInterval = config.attempts().cleanupInterval();
    }

    /** Starts synchronizing; returns immediately. */
    public void start() {
        if (database.isNone()) {
            trouble = Optional.empty();
        } else {
            attempts.start();
            subscriptions.writePausesWith(this::tickSoon);
            schedule.scheduleWithFixedDelay(this::tick, 0, pollInterval.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void tickSoon() {
        try {
            schedule.execute(this::tick);
        } catch (RejectedExecutionException stopped) {
            LOG.debug(
                    "a pause during shutdown was not stored; the gateway will pause the subscription again after the next "
                            + "start if the cause persists",
                    stopped);
        }
    }

    private void tick() {
        try {
            subscriptions.refresh();
            subscriptions.writePauses();
            up();
            resealing.run();
            cleanUp();
        } catch (StoreUnavailableException e) {
            if (down(String.valueOf(e.getMessage()))) {
                LOG.debug("why the database failed", e);
            }
        } catch (RuntimeException bug) {
            if (down("a bug in the gateway")) {
                LOG.error("reading the store failed because of a bug in the gateway, will be retried", bug);
            }
        }
    }

    private void cleanUp() {
        if (System.nanoTime() - cleanedUpAt > cleanupInterval.toNanos()) {
            cleanedUpAt = System.nanoTime();
            attempts.cleanUp();
        }
    }

    private void up() {
        if (trouble.isPresent()) {
            trouble = Optional.empty();
            LOG.infof(
                    announced
                            ? "the store answers again store=%s subscriptions=%d"
                            : "store loaded store=%s subscriptions=%d",
                    database.kind(),
                    subscriptions.list().size());
            announced = true;
        }
    }

    /** Records that the store is down; returns whether this is a change. */
    private boolean down(String reason) {
        subscriptions.goWithoutTheStore();
        if (trouble.equals(Optional.of(reason))) {
            return false;
        }
        trouble = Optional.of(reason);
        LOG.warnf(
                "the store is not available, subscriptions keep running but cannot be changed store=%s reason=%s",
                database.kind(), reason);
        return true;
    }

    /** The host in the URL of a PostgreSQL database; empty for other databases. */
    public Optional<String> host() {
        return database.host();
    }

    /** Stops synchronizing, and closes the database. */
    public void stop() {
        // Interrupts only after a wait. When a migration is interrupted, H2 closes the file, and the migration logs a
        // stack trace for each step that it cannot undo.
        schedule.shutdown();
        try {
            if (!schedule.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
                schedule.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        attempts.stop();
        database.close();
    }

    /** The reason why the store does not answer; empty while the store answers. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Whether all stored subscriptions were read. */
    boolean isLoaded() {
        return subscriptions.isLoaded();
    }
}
