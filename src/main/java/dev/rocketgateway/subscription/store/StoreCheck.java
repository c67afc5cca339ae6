package dev.rocketgateway.subscription.store;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready until the store was read once; a store that is lost later changes nothing, because what is known goes on. */
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
