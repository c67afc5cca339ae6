package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.history.Attempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Stores attempts in the database. Deliveries put attempts into a bounded queue and continue. A separate thread writes them in
 * batches, and leaves out successes above the limit. Thread-safe.
 */
final class StoredAttempts implements AttemptHistory {

    private static final Logger LOG = Logger.getLogger(StoredAttempts.class);

    /**
     * Time to collect a batch, because attempts need not be visible immediately. With a longer time, the gateway writes fewer successes
     * that it would soon delete.
     */
    private static final int MOMENT_MILLIS = 200;

    private static final int SLICE_MILLIS = 20;

    /**
     * Maximum number of rows in one transaction. If more attempts come in a moment, each subscription gets an equal share of these rows
     * for its successes.
     */
    private static final int MAX_BATCH = 500;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    private final StoreConfig.Attempts config;
    private final Database database;
    private final Duration stopLimit;
    private final BlockingQueue<Attempt> waiting;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread writer = new Thread(this::write, "gateway-attempts");
    private final CountDownLatch stopping = new CountDownLatch(1);

    StoredAttempts(StoreConfig.Attempts config, Database database) {
        this(config, database, STOP_LIMIT);
    }

    StoredAttempts(StoreConfig.Attempts config, Database database, Duration stopLimit) {
        this.config = config;
        this.database = database;
        this.stopLimit = stopLimit;
        this.waiting = new ArrayBlockingQueue<>(config.queue());
        writer.setDaemon(true);
    }

    @Override
    public void start() {
        writer.start();
    }

    @Override
    public void record(Attempt attempt) {
        if (!waiting.offer(attempt)) {
            dropped.incrementAndGet();
        }
    }

    private void write() {
        var batch = new ArrayList<Attempt>();
        try {
            while (stopping.getCount() > 0 || !waiting.isEmpty()) {
                var first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    letSomeCome();
                    waiting.drainTo(batch);
                    var kept = worthKeeping(batch);
                    for (int i = 0; i < kept.size(); i += MAX_BATCH) {
                        write(kept.subList(i, Math.min(kept.size(), i + MAX_BATCH)));
                    }
                    batch.clear();
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for more attempts, for a short time or until the queue is half full. */
    private void letSomeCome() throws InterruptedException {
        for (int spent = 0; spent < MOMENT_MILLIS && waiting.size() < config.queue() / 2; spent += SLICE_MILLIS) {
            if (stopping.await(SLICE_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** Selects all failures, and the last successes of each subscription. */
    private List<Attempt> worthKeeping(List<Attempt> batch) {
        int most = successesOfEach(batch);
        var successes = new HashMap<String, Integer>();
        var kept = new ArrayList<Attempt>();
        for (int i = batch.size() - 1; i >= 0; i--) {
            var attempt = batch.get(i);
            if (!attempt.succeeded() || successes.merge(attempt.subscription(), 1, Integer::sum) <= most) {
                kept.add(attempt);
            }
        }
        Collections.reverse(kept);
        return kept;
    }

    /**
     * With hundreds of busy subscriptions, nearly every success would be written, and deleted soon afterwards: a sixth of the
     * processor time of all deliveries.
     */
    private int successesOfEach(List<Attempt> batch) {
        if (batch.size() <= MAX_BATCH) {
            return config.successes();
        }
        long subscriptions =
                batch.stream().map(Attempt::subscription).distinct().count();
        return Math.max(1, Math.min(config.successes(), (int) (MAX_BATCH / subscriptions)));
    }

    /** Writes a batch. If that fails, the batch is dropped, so that deliveries continue. */
    private void write(List<Attempt> batch) {
        try {
            database.write(connection -> {
                AttemptTable.insert(connection, batch);
                return null;
            });
        } catch (RuntimeException e) {
            dropped.addAndGet(batch.size());
            LOG.debugf(e, "attempts were not written count=%d", batch.size());
        }
    }

    @Override
    public Map<String, Attempt> lastFailures(String subscription, Collection<String> messageIds) {
        return database.read(connection -> AttemptTable.lastFailures(connection, subscription, messageIds));
    }

    @Override
    public List<Kept> find(Query query) {
        return database.read(connection -> AttemptTable.find(connection, query));
    }

    @Override
    public void forget(String subscription) {
        database.write(connection -> {
            AttemptTable.deleteOf(connection, subscription);
            return null;
        });
    }

    @Override
    public void cleanUp() {
        long oldest = System.currentTimeMillis() - config.age().toMillis();
        database.write(connection -> {
            AttemptTable.deleteOlderThan(connection, oldest);
            for (var subscription : AttemptTable.subscriptions(connection)) {
                AttemptTable.keepLast(connection, subscription, true, config.successes());
                AttemptTable.keepLast(connection, subscription, false, config.failures());
            }
            return null;
        });
    }

    @Override
    public long dropped() {
        return dropped.get();
    }

    @Override
    public void stop() {
        stopping.countDown();
        try {
            // At least 1: join(0) waits without a limit. The writer is not interrupted afterwards: H2 closes the file
            // of the database when a thread that writes it is interrupted, and then every other thread fails.
            writer.join(Math.max(1, stopLimit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
