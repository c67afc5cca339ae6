package dev.rocketgateway.deliver;

import dev.rocketgateway.subscription.FieldFault;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionRuntime;
import dev.rocketgateway.subscription.SubscriptionStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the reconciler knows of a subscription, for whoever asks. */
@ApplicationScoped
class DeliverySubscriptionRuntime implements SubscriptionRuntime {

    private static final String NO_BREAKER = "CLOSED";

    private final SubscriptionReconciler reconciler;

    DeliverySubscriptionRuntime(SubscriptionReconciler reconciler) {
        this.reconciler = reconciler;
    }

    @Override
    public List<FieldFault> faults(Subscription candidate, boolean isNew) {
        return List.of();
    }

    @Override
    public SubscriptionStatus status(String name) {
        var run = reconciler.run(name);
        var state = run.map(SubscriptionRun::state);
        return new SubscriptionStatus(
                state.map(known -> known.label().toUpperCase(Locale.ROOT)).orElse("STARTING"),
                state.filter(DeliveryState.Starting.class::isInstance)
                        .map(known -> ((DeliveryState.Starting) known).reason()),
                run.map(known -> known.subscription().generation()).orElse(0L),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                NO_BREAKER,
                Optional.empty(),
                Optional.empty());
    }

    /** The reconciler stops what is no longer in the store. */
    @Override
    public void removed(Subscription gone, boolean deleteGroup) {
        reconciler.reconcileNow();
    }
}
