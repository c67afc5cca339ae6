package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.file.SubscriptionFiles;
import dev.rocketgateway.subscription.history.AttemptLog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** Registers the meters of the store. */
@Startup
@Singleton
class StoreMetrics {

    StoreMetrics(MeterRegistry registry, StoreSync store, AttemptHistory attempts, SubscriptionFiles files) {
        Gauge.builder("gateway.store.up", store, known -> known.trouble().isEmpty() ? 1 : 0)
                .description("Whether the store answers")
                .strongReference(true)
                .register(registry);
        Gauge.builder("gateway.subscription.files.faulty", files, known -> known.faults()
                        .size())
                .description("Files of gateway.subscriptions-directory without a valid subscription")
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("gateway.attempt.log.dropped", attempts, AttemptLog::dropped)
                .description("Attempts that could not be written")
                .register(registry);
    }
}
