package dev.rocketgateway.subscription.store;

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
 * Keeps what is known in step with the database, again and again on one thread of its own, and notices when the database goes and
 * comes back. Without the database everything that is known goes on.
 *
 * <pre>
 *   tick ──▶ read changes ──▶ write pauses ──▶ seal anew ──▶ delete old attempts
 * </pre>
 */
@Singleton
public class StoreSync {

    private static final Logger LOG = Logger.getLogger(StoreSync.class);

    private final Database database;
    private final SubscriptionCache subscriptions;
    private final Resealing resealing;
    private final AttemptHistory attempts;
    private final Duration pollInterval;
    private final Duration cleanupInterval;
    private final ScheduledExecutorService schedule = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "gateway-store");
        thread.setDaemon(true);
        return thread;
    });

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

    /** Begins, and returns at once. */
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
                    "a pause came after the stop and is not stored; the endpoint will request it again after the next "
                            + "start",
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
                LOG.debug("the database's reason", e);
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

    /** Whether that is news. */
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

    /** The host the database is on, if that is another one. */
    public Optional<String> host() {
        return database.host();
    }

    /** Ends, and closes the database. */
    public void stop() {
        // Not at once: an interrupted migration closes the file under itself, and says so with a stack for each step it
        // cannot undo.
        schedule.shutdown();
        try {
            if (!schedule.awaitTermination(2, TimeUnit.SECONDS)) {
                schedule.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        attempts.stop();
        database.close();
    }

    /** Why the store does not answer; empty while it does. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Whether everything is known that is stored. */
    boolean isLoaded() {
        return subscriptions.isLoaded();
    }
}
