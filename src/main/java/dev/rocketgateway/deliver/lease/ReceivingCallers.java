package dev.rocketgateway.deliver.lease;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.Leased;
import dev.rocketgateway.deliver.MessageLeases.Selection;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.deliver.lease.LeaseService.ReceiveOptions;
import dev.rocketgateway.deliver.run.ConsumptionSettings;
import dev.rocketgateway.deliver.run.SubscriptionReconciler;
import dev.rocketgateway.deliver.run.SubscriptionRun;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionStore;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes messages for callers. A caller gets messages at once if there are any; otherwise it waits. {@link WaitingCallers} has the waiting
 * callers of one subscription. A waiting caller needs no thread. Thread-safe; never blocks.
 */
@ApplicationScoped
class ReceivingCallers {

    /** Much longer than a caller can wait. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    private final MessageLeases leases;
    private final UndeliverableMessages undeliverable;
    private final SubscriptionStore store;
    private final SubscriptionReconciler reconciler;
    private final LeaseMetrics metrics;
    private final int maxWaiters;
    private final AtomicInteger waiters = new AtomicInteger();
    private final Cache<Key, WaitingCallers> waiting = Caffeine.newBuilder()
            .executor(Runnable::run)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .build();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        var thread = new Thread(task, "gateway-lease-timer");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean stopping;

    ReceivingCallers(
            MessageLeases leases,
            UndeliverableMessages undeliverable,
            SubscriptionStore store,
            SubscriptionReconciler reconciler,
            LeaseMetrics metrics,
            LeaseConfig config) {
        this.leases = leases;
        this.undeliverable = undeliverable;
        this.store = store;
        this.reconciler = reconciler;
        this.metrics = metrics;
        this.maxWaiters = config.maxWaiters();
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Takes messages for one caller.
     *
     * @param gone completes when the caller has gone
     * @return fails with {@link LeaseException}
     */
    CompletableFuture<Taken> receive(Subscription subscription, ReceiveOptions options, CompletableFuture<Void> gone) {
        if (subscription.state() == Subscription.State.PAUSED) {
            return await(subscription, options, gone);
        }
        var source = new Source(subscription);
        return take(source, options).thenCompose(taken -> {
            if (taken.isEmpty()) {
                return await(subscription, options, gone);
            }
            if (gone.isDone()) {
                taken.messages().forEach(this::release);
                return CompletableFuture.completedFuture(Taken.nothing());
            }
            return CompletableFuture.completedFuture(taken);
        });
    }

    private CompletableFuture<Taken> take(Source source, ReceiveOptions options) {
        var before = Taken.nothing().at();
        return leases.take(source.selection(), options.max(), options.visibility())
                .thenApply(taken -> new Taken(source.sift(taken), before));
    }

    private CompletableFuture<Taken> await(
            Subscription subscription, ReceiveOptions options, CompletableFuture<Void> gone) {
        if (options.maxWait().isZero() || stopping || gone.isDone()) {
            return CompletableFuture.completedFuture(Taken.nothing());
        }
        if (waiters.incrementAndGet() > maxWaiters) {
            waiters.decrementAndGet();
            return CompletableFuture.failedFuture(new LeaseException(
                    LeaseException.Reason.TOO_MANY_WAITERS,
                    "the limit on this replica is %d (gateway.receive.max-waiters)".formatted(maxWaiters),
                    null));
        }
        var name = subscription.name();
        var waiter = new Waiter(options.max(), options.visibility());
        var left = metrics.callerWaits(name);
        waiter.messages().whenComplete((taken, failure) -> {
            waiters.decrementAndGet();
            left.run();
        });
        gone.thenRun(() -> waiter.messages().cancel(false));
        waiting.get(Key.of(subscription), key -> new WaitingCallers(leases, () -> source(key), this::release, timer))
                .add(waiter, options.maxWait());
        if (stopping) {
            endWaiting();
        }
        return waiter.messages();
    }

    /** Where to take messages for callers that wait; empty if the subscription is paused or deleted. */
    private Optional<WaitingCallers.Source> source(Key key) {
        return store.list().stream()
                .filter(known -> Key.of(known).equals(key))
                .filter(known -> known.pull().isPresent() && known.state() == Subscription.State.ACTIVE)
                .filter(known -> receives(known.name()))
                .findFirst()
                .map(Source::new);
    }

    /** Whether the group of the subscription is prepared. If it is not, a take would set the position of the group. */
    private boolean receives(String name) {
        return reconciler
                .run(name)
                .map(SubscriptionRun::state)
                .filter(DeliveryState.Receiving.class::isInstance)
                .isPresent();
    }

    /** Identifies a subscription. If it was deleted and created again with another group or topic, it has another key. */
    private record Key(String name, ConsumerGroup group, TopicName topic) {

        static Key of(Subscription subscription) {
            var source = subscription.source();
            return new Key(subscription.name(), source.consumerGroup(), source.topic());
        }
    }

    private final class Source implements WaitingCallers.Source {

        private final Subscription subscription;

        Source(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public Selection selection() {
            var from = subscription.source();
            return new Selection(from.consumerGroup(), from.topic(), ConsumptionSettings.filter(from));
        }

        @Override
        public List<Leased> sift(List<Leased> taken) {
            return taken.stream()
                    .filter(leased -> {
                        var why = UndeliverableMessages.reason(subscription, leased);
                        why.ifPresent(reason -> undeliverable.giveUp(subscription, leased, reason));
                        return why.isEmpty();
                    })
                    .toList();
        }
    }

    /** Gives a message back at once. If the broker does not answer, the message comes again when its lease ends. */
    private void release(Leased leased) {
        leases.extend(leased.lease(), Duration.ZERO);
    }

    /** Sends an empty answer to all waiting callers. From now on, no caller can wait. */
    void endWaiting() {
        stopping = true;
        waiting.asMap().values().forEach(WaitingCallers::endAll);
    }

    @PreDestroy
    void stop() {
        endWaiting();
        timer.shutdownNow();
    }
}
