package dev.rocketgateway.webhook;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The HTTP client behind all webhooks. */
@ConfigMapping(prefix = "gateway.webhook")
public interface WebhookConfig {

    /** How long an unused connection is kept. Longer than the endpoint keeps it costs retries; 0 keeps it until the endpoint closes it. */
    @WithDefault("30s")
    Duration idleTimeout();

    /** Connections per endpoint host. Fewer than the largest `delivery.max-in-flight` makes deliveries wait for one. */
    @WithDefault("256")
    int maxConnectionsPerHost();

    /** How much of a response is read before the connection is dropped. Too high lets endpoints fill the heap. */
    @WithDefault("16K")
    MemorySize maxResponseSize();
}
