package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.run.SubscriptionReconciler;
import dev.rocketgateway.deliver.run.SubscriptionRun;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionAccess;
import dev.rocketgateway.subscription.SubscriptionStore;
import jakarta.enterprise.context.ApplicationScoped;

/** Finds the subscription that the path of a request names, and checks what the caller may do with it. */
@ApplicationScoped
class SubscriptionLookup {

    private final SubscriptionStore store;
    private final SubscriptionReconciler reconciler;

    SubscriptionLookup(SubscriptionStore store, SubscriptionReconciler reconciler) {
        this.store = store;
        this.reconciler = reconciler;
    }

    /**
     * Returns a subscription that the caller may operate.
     *
     * @throws GatewayException {@code subscription-not-found}, {@code store-unavailable}, {@code forbidden}
     */
    Subscription requireOperated(Caller caller, String name) {
        var subscription = store.require(name);
        SubscriptionAccess.requireOperation(caller, subscription);
        return subscription;
    }

    /**
     * Returns a subscription whose messages the caller may read.
     *
     * @throws GatewayException {@code subscription-not-found}, {@code store-unavailable}, {@code forbidden}
     */
    Subscription requireRead(Caller caller, String name) {
        var subscription = store.require(name);
        SubscriptionAccess.requireMessages(caller, subscription);
        return subscription;
    }

    /**
     * Returns a subscription that the caller may see.
     *
     * @throws GatewayException {@code subscription-not-found}, {@code store-unavailable}
     */
    Subscription requireSeen(Caller caller, String name) {
        var subscription = store.require(name);
        SubscriptionAccess.requireSight(caller, subscription);
        return subscription;
    }

    /**
     * Returns the run, on this replica, of a subscription that the caller may operate.
     *
     * @throws GatewayException {@code subscription-not-found}, {@code store-unavailable}, {@code forbidden}, or
     *     {@code broker-unavailable} if this replica has not started the subscription yet
     */
    SubscriptionRun requireRun(Caller caller, String name) {
        requireOperated(caller, name);
        return reconciler
                .run(name)
                .orElseThrow(() -> GatewayException.of(
                        ProblemType.BROKER_UNAVAILABLE,
                        "Subscription '%s' has not started yet. Try again later.".formatted(name)));
    }
}
