package dev.rocketgateway.deliver.run;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.rocketgateway.deliver.DeliverConfig;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionStore;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Compares the subscriptions that should run with the running ones: starts new ones, updates changed ones, and stops deleted ones.
 * A failed start is retried at the next comparison. Compares after each change, and on a timer.
 *
 * <pre>
 *   one thread                                   threads for steps, which block
 *   compare ──┬─ receives messages ───────────▶ step: refresh, park or drain it
 *             └─ does not ──▶ {@link Starts}: 8 at once ──▶ step: start it
 * </pre>
 * The steps run in parallel, so a step that hangs does not delay other subscriptions.
 */
@ApplicationScoped
public class SubscriptionReconciler {

    private static final Logger LOG = Logger.getLogger(SubscriptionReconciler.class);

    private final SubscriptionStore store;
    private final DeliveryServices deliveries;
    private final DeliverConfig config;
    private final ExecutorService blocking = Executors.newCachedThreadPool(threads("gateway-subscription"));
    private final ScheduledExecutorService schedule =
            Executors.newSingleThreadScheduledExecutor(threads("gateway-reconciler"));
    private final Starts starts = new Starts(
            blocking,
            SubscriptionReconciler::step,
            task -> schedule.schedule(task, Starts.LONG.toMillis() + 1, TimeUnit.MILLISECONDS),
            System::nanoTime);
    private final Map<String, SubscriptionRun> runs = new ConcurrentHashMap<>();

    /** Deleted subscriptions that still drain. A new subscription of the same name must wait until the drain has ended. */
    private final Map<String, CompletableFuture<Void>> ending = new ConcurrentHashMap<>();

    private volatile boolean stopping;

    SubscriptionReconciler(SubscriptionStore store, DeliveryServices deliveries, DeliverConfig config) {
        this.store = store;
        this.deliveries = deliveries;
        this.config = config;
    }

    /** Uses separate threads, because shared threads may all wait for a frozen broker. */
    private static ThreadFactory threads(String name) {
        return new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build();
    }

    /** Starts the comparisons: the first immediately, then periodically. */
    public void start() {
        store.onChange(this::reconcileSoon);
        schedule.scheduleWithFixedDelay(
                this::reconcile, 0, config.reconcileInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void reconcileSoon() {
        try {
            schedule.execute(this::reconcile);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("a change of subscriptions after the stop is ignored", stopped);
        }
    }

    /** Drains all subscriptions in parallel, deleted ones too. Returns when they are drained, or after the time limit. */
    public void stop(Duration limit) {
        stopping = true;
        schedule.shutdownNow();
        awaitComparison();
        starts.clear();
        var drains = Stream.concat(
                        ending.values().stream(),
                        runs.values().stream().map(run -> CompletableFuture.runAsync(() -> run.stop(limit), blocking)))
                .toArray(CompletableFuture<?>[]::new);
        try {
            // The drain itself respects the limit; closing the consumer afterwards takes a moment longer.
            CompletableFuture.allOf(drains).get(limit.toMillis() + 2_000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("some subscriptions had not stopped at the end of the drain", e);
        }
    }

    /** Waits for a running comparison, so that it starts nothing during the stop. */
    private void awaitComparison() {
        try {
            if (!schedule.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.warn("shutdown did not wait any longer for subscriptions that were being started or stopped");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The run of the subscription on this replica, if there is one. */
    public Optional<SubscriptionRun> run(String name) {
        return Optional.ofNullable(runs.get(name));
    }

    /** All runs on this replica. */
    public Map<String, SubscriptionRun> runs() {
        return Map.copyOf(runs);
    }

    /**
     * Applies a change to the subscription immediately, if it runs on this replica. Returns when the change is applied, or after
     * the time limit.
     */
    public void takeOver(Subscription now, boolean resumed, Duration limit) {
        var run = runs.get(now.name());
        if (run == null || stopping) {
            return;
        }
        try {
            CompletableFuture.runAsync(() -> run.takeOver(now, resumed), blocking)
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.debugf("the change takes effect later subscription=%s", now.name());
        } catch (ExecutionException bug) {
            LOG.errorf(
                    bug,
                    "a subscription failed because of a bug in the gateway, will be retried subscription=%s",
                    now.name());
        }
    }

    /**
     * Stops the subscription on this replica, if it runs. The returned future completes when the subscription has stopped. The
     * subscription must already be deleted from the store.
     */
    public CompletableFuture<Void> end(String name) {
        synchronized (ending) {
            var run = runs.remove(name);
            if (run == null) {
                return ending.getOrDefault(name, CompletableFuture.completedFuture(null));
            }
            var ended = new CompletableFuture<Void>();
            ending.put(name, ended);
            blocking.execute(() -> {
                try {
                    run.stop(run.subscription().drainLimit());
                } finally {
                    deliveries.listener().removed(name);
                    ending.remove(name, ended);
                    ended.complete(null);
                }
            });
            return ended;
        }
    }

    private void reconcile() {
        if (stopping) {
            return;
        }
        try {
            var wanted = new HashMap<String, Subscription>();
            store.list().forEach(subscription -> wanted.put(subscription.name(), subscription));
            runs.keySet().stream().filter(name -> !wanted.containsKey(name)).forEach(this::end);
            synchronized (ending) {
                wanted.forEach((name, subscription) -> {
                    if (!ending.containsKey(name)) {
                        want(name, subscription);
                    }
                });
            }
            var idle = runs.values().stream()
                    .collect(Collectors.partitioningBy(run -> run.state() instanceof DeliveryState.Idle));
            idle.get(false).forEach(run -> blocking.execute(() -> step(run)));
            starts.set(idle.get(true));
        } catch (RuntimeException bug) {
            LOG.error("reconciling subscriptions failed, will be retried", bug);
        }
    }

    /**
     * Sets what the run of one subscription should do, and creates the run if necessary. A failure does not affect other
     * subscriptions.
     */
    private void want(String name, Subscription subscription) {
        try {
            runs.computeIfAbsent(name, absent -> new SubscriptionRun(subscription, deliveries))
                    .want(subscription);
        } catch (RuntimeException bug) {
            LOG.errorf(bug, "a subscription could not be set up, will be retried subscription=%s", name);
        }
    }

    private static void step(SubscriptionRun run) {
        try {
            run.step();
        } catch (RuntimeException bug) {
            LOG.errorf(
                    bug,
                    "a subscription failed because of a bug in the gateway, will be retried subscription=%s",
                    run.subscription().name());
        }
    }
}
