package dev.rocketgateway.subscription.store;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness check: the gateway is not ready until it has read the store once. If the store goes down later, the gateway stays
 * ready, because known subscriptions continue to run.
 */
@Readiness
@ApplicationScoped
class StoreCheck implements HealthCheck {

    private final StoreSync store;

    StoreCheck(StoreSync store) {
        this.store = store;
    }

    @Override
    public HealthCheckResponse call() {
        var answer = HealthCheckResponse.named("store").status(store.isLoaded());
        store.trouble().ifPresent(reason -> answer.withData("reason", reason));
        return answer.build();
    }
}
