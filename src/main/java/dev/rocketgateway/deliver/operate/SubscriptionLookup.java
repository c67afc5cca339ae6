package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.run.SubscriptionReconciler;
import dev.rocketgateway.deliver.run.SubscriptionRun;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionStore;
import jakarta.enterprise.context.ApplicationScoped;

/** Finds subscriptions by the names in paths. */
@ApplicationScoped
class SubscriptionLookup {

    private final SubscriptionStore store;
    private final SubscriptionReconciler reconciler;

    SubscriptionLookup(SubscriptionStore store, SubscriptionReconciler reconciler) {
        this.store = store;
        this.reconciler = reconciler;
    }

    /**
     * @throws GatewayException {@code subscription-not-found}
     */
    Subscription require(String name) {
        return store.list().stream()
                .filter(subscription -> subscription.name().equals(name))
                .findFirst()
                .orElseThrow(() -> GatewayException.of(
                        ProblemType.SUBSCRIPTION_NOT_FOUND, "Subscription '%s' does not exist.".formatted(name)));
    }

    /**
     * @throws GatewayException {@code subscription-not-found}, or {@code broker-unavailable} if this replica has not started it yet
     */
    SubscriptionRun requireRun(String name) {
        require(name);
        return reconciler
                .run(name)
                .orElseThrow(() -> GatewayException.of(
                        ProblemType.BROKER_UNAVAILABLE,
                        "Subscription '%s' has not started yet. Try again later.".formatted(name)));
    }
}
