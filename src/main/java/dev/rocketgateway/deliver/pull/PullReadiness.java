package dev.rocketgateway.deliver.pull;

import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.deliver.run.SubscriptionReconciler;
import dev.rocketgateway.deliver.run.SubscriptionRun;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Subscription;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Waits until a pull subscription runs on this replica. So a worker can send a request right after the subscription was created. Until the
 * subscription runs, its group may have no position on the brokers, and would start at a wrong position. Thread-safe; never blocks.
 */
@ApplicationScoped
class PullReadiness {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private static final Executor LATER =
            CompletableFuture.delayedExecutor(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);

    private final SubscriptionReconciler reconciler;

    PullReadiness(SubscriptionReconciler reconciler) {
        this.reconciler = reconciler;
    }

    /**
     * Completes when workers can receive. A paused subscription is ready: workers can wait for its resumption.
     *
     * @return fails with {@link GatewayException} {@code broker-refused} if the subscription cannot start, or
     *     {@code broker-unavailable} if it has not started in time
     */
    CompletableFuture<Void> ready(Subscription subscription) {
        return look(subscription, System.nanoTime() + LIMIT.toNanos());
    }

    private CompletableFuture<Void> look(Subscription subscription, long end) {
        var state = reconciler.run(subscription.name()).map(SubscriptionRun::state);
        if (subscription.state() == Subscription.State.PAUSED
                || state.filter(DeliveryState.Receiving.class::isInstance).isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        if (state.isPresent() && state.get() instanceof DeliveryState.Failed failed) {
            return CompletableFuture.failedFuture(GatewayException.of(
                    ProblemType.BROKER_REFUSED,
                    "Subscription '%s' cannot start: %s.".formatted(subscription.name(), failed.reason())));
        }
        if (System.nanoTime() > end) {
            return CompletableFuture.failedFuture(GatewayException.of(
                    ProblemType.BROKER_UNAVAILABLE,
                    "Subscription '%s' has not started on this replica yet. Try again later."
                            .formatted(subscription.name())));
        }
        return CompletableFuture.runAsync(() -> {}, LATER).thenCompose(done -> look(subscription, end));
    }
}
