package dev.rocketgateway.deliver;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionStore;
import dev.rocketgateway.webhook.WebhookClient;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Compares what should run with what runs, and starts, stops or replaces; never changes one that runs. What cannot start
 * yet is tried again at the next comparison.
 *
 * <p>One thread compares; the steps themselves block and run beside each other, so one that hangs delays no other.
 */
@ApplicationScoped
public class SubscriptionReconciler {

    private static final Logger LOG = Logger.getLogger(SubscriptionReconciler.class);

    private final SubscriptionStore store;
    private final MessageSource source;
    private final WebhookClient client;
    private final DeliveryListener listener;
    private final ExecutorService blocking =
            Executors.newCachedThreadPool(task -> thread(task, "gateway-subscription"));
    private final DeliverConfig config;
    private final WebhookHeaders headers = WebhookHeaders.ofThisVersion();
    private final Map<String, SubscriptionRun> runs = new ConcurrentHashMap<>();
    private final ScheduledExecutorService schedule =
            Executors.newSingleThreadScheduledExecutor(task -> thread(task, "gateway-reconciler"));

    private volatile boolean stopping;

    SubscriptionReconciler(
            SubscriptionStore store,
            MessageSource source,
            WebhookClient client,
            @All List<DeliveryListener> listeners,
            DeliverConfig config) {
        this.store = store;
        this.source = source;
        this.client = client;
        this.listener = new DeliveryListeners(listeners);
        this.config = config;
        store.onChange(this::reconcileNow);
    }

    /** Threads of our own: the shared ones may all be waiting for a frozen broker. */
    private static Thread thread(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to compare, at once and then again and again. */
    public void start() {
        schedule.scheduleWithFixedDelay(
                this::reconcile, 0, config.reconcileInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Drains every subscription, all at once. Returns when they have, or at the limit. */
    public void stop(Duration limit) {
        stopping = true;
        schedule.shutdownNow();
        awaitComparison();
        var drains = runs.values().stream()
                .map(run -> CompletableFuture.runAsync(() -> run.stop(limit), blocking))
                .toArray(CompletableFuture<?>[]::new);
        try {
            // The drain keeps the limit itself; closing the consumer afterwards takes a moment more.
            CompletableFuture.allOf(drains).get(limit.toMillis() + 2_000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not every subscription had stopped at the end of the drain", e);
        }
    }

    /** Lets a comparison under way end, so that it starts nothing behind our back. */
    private void awaitComparison() {
        try {
            if (!schedule.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.warn("a comparison of subscriptions was still under way at the stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The subscription as it runs here, if it does. */
    Optional<SubscriptionRun> run(String name) {
        return Optional.ofNullable(runs.get(name));
    }

    /** Compares as soon as the comparison under way has ended. */
    void reconcileNow() {
        try {
            schedule.execute(this::reconcile);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("a change of subscriptions comes after the stop", stopped);
        }
    }

    private void reconcile() {
        if (stopping) {
            return;
        }
        try {
            var wanted = new HashMap<String, Subscription>();
            store.list().stream()
                    .filter(subscription -> subscription.state() == Subscription.State.ACTIVE)
                    .forEach(subscription -> wanted.put(subscription.name(), subscription));
            for (var name : new HashSet<>(runs.keySet())) {
                var run = runs.get(name);
                if (run != null && !run.subscription().equals(wanted.get(name))) {
                    runs.remove(name);
                    run.stop(run.subscription().endpoint().timeout());
                }
            }
            wanted.forEach((name, subscription) -> runs.computeIfAbsent(name, absent -> run(subscription)));
            runs.values().forEach(run -> blocking.execute(() -> step(run)));
        } catch (RuntimeException bug) {
            LOG.error("comparing subscriptions failed, it is tried again", bug);
        }
    }

    private static void step(SubscriptionRun run) {
        try {
            run.step();
        } catch (RuntimeException bug) {
            LOG.errorf(
                    bug,
                    "a subscription failed by a bug, it is tried again subscription=%s",
                    run.subscription().name());
        }
    }

    private SubscriptionRun run(Subscription subscription) {
        var delivery = new MessageDelivery(subscription, client::post, headers, listener);
        return new SubscriptionRun(subscription, source, delivery, listener);
    }
}
