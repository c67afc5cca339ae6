package dev.rocketgateway.logs;

import dev.rocketgateway.problem.GatewayException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Changes the levels of log categories of this replica for a limited time. After that time, or after {@link #reset}, a category has the
 * level that it had before the first change.
 *
 * <p>Thread-safe.
 */
@Singleton
public class LogLevels {

    /** Maximum number of categories whose levels are changed. The limit exists because a caller chooses their names. */
    private static final int MAX_CHANGED = 100;

    private final Map<String, Entry> changed = new TreeMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "gateway-log-levels");
        thread.setDaemon(true);
        return thread;
    });

    /** The levels that operators can set. Levels below {@code DEBUG} are not part of the build. */
    public enum Severity {
        ERROR(Level.ERROR),
        WARN(Level.WARN),
        INFO(Level.INFO),
        DEBUG(Level.DEBUG);

        private final Level level;

        Severity(Level level) {
            this.level = level;
        }
    }

    /**
     * A category whose level was changed.
     *
     * @param until when the level becomes the former one again
     */
    public record Changed(String category, Severity level, Instant until) {}

    /**
     * @param logger held, because a logger that nobody holds loses its level
     * @param before level before the first change; null if the category had none of its own
     */
    private record Entry(
            Changed changed, Logger logger, @Nullable String before, ScheduledFuture<?> end) {}

    /**
     * Sets the level of a category and of its subcategories without a level of their own.
     *
     * @throws GatewayException {@code invalid-request} if the levels of too many categories are changed already
     */
    public synchronized Changed set(String category, Severity level, Duration time) {
        var known = changed.get(category);
        if (known == null && changed.size() >= MAX_CHANGED) {
            throw GatewayException.invalid(
                    "category",
                    "cannot be changed: the levels of %d categories are changed already, which is the limit; reset some of them"
                            .formatted(MAX_CHANGED));
        }
        var logger = Logger.getLogger(category);
        var before = known == null ? levelOf(logger) : known.before();
        if (known != null) {
            known.end().cancel(false);
        }
        var next = new Changed(category, level, Instant.now().plus(time).truncatedTo(ChronoUnit.MILLIS));
        logger.setLevel(level.level);
        changed.put(
                category,
                new Entry(
                        next, logger, before, timer.schedule(() -> end(next), time.toMillis(), TimeUnit.MILLISECONDS)));
        return next;
    }

    private static @Nullable String levelOf(Logger logger) {
        return logger.getLevel() == null ? null : logger.getLevel().getName();
    }

    private synchronized void end(Changed ended) {
        var known = changed.get(ended.category());
        if (known != null && known.changed().equals(ended)) {
            reset(ended.category());
        }
    }

    /** Gives a category its former level back; does nothing if it was not changed. */
    public synchronized void reset(String category) {
        var known = changed.remove(category);
        if (known != null) {
            known.end().cancel(false);
            if (known.before() == null) {
                known.logger().setLevel(null);
            } else {
                known.logger().setLevelName(known.before());
            }
        }
    }

    /** The categories whose levels were changed, sorted by name. */
    public synchronized List<Changed> all() {
        return changed.values().stream().map(Entry::changed).toList();
    }

    @PreDestroy
    void stop() {
        timer.shutdownNow();
    }
}
