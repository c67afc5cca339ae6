package dev.rocketgateway.deliver.pull;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionAccess;
import dev.rocketgateway.subscription.SubscriptionStore;
import jakarta.enterprise.context.ApplicationScoped;

/** Finds the pull subscription that the path of a request names. */
@ApplicationScoped
class PullLookup {

    private final SubscriptionStore store;

    PullLookup(SubscriptionStore store) {
        this.store = store;
    }

    /**
     * Returns a pull subscription from which the caller may receive.
     *
     * @throws GatewayException {@code subscription-not-found}, {@code store-unavailable}, {@code forbidden} or
     *     {@code not-a-pull-subscription}
     */
    Subscription require(Caller caller, String name) {
        var subscription = store.require(name);
        SubscriptionAccess.requireReceiving(caller, subscription);
        if (subscription.pull().isEmpty()) {
            throw GatewayException.of(
                    ProblemType.NOT_A_PULL_SUBSCRIPTION,
                    "Subscription '%s' sends its messages to an endpoint, so workers cannot receive them."
                            .formatted(name));
        }
        return subscription;
    }
}
