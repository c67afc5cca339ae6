package dev.rocketgateway.security;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** Registers the meters of refused callers. */
@Startup
@Singleton
class SecurityMetrics {

    SecurityMetrics(MeterRegistry registry, AuditLog audit) {
        for (var refusal : AuditLog.Refusal.values()) {
            FunctionCounter.builder("gateway.auth.failures", audit, log -> log.count(refusal))
                    .description("Requests that were refused because of who sent them")
                    .tag("reason", refusal.label())
                    .register(registry);
        }
    }
}
