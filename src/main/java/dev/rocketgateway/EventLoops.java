package dev.rocketgateway;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;

/**
 * One event loop for each processor, where Vert.x would make two: nothing blocks them, and fewer are woken less often for more
 * at once.
 */
@Singleton
class EventLoops implements VertxOptionsCustomizer {

    private static final String CONFIGURED = "quarkus.vertx.event-loops-pool-size";

    private final Config config;

    EventLoops(Config config) {
        this.config = config;
    }

    @Override
    public void accept(VertxOptions options) {
        if (config.getOptionalValue(CONFIGURED, Integer.class).isEmpty()) {
            options.setEventLoopPoolSize(Math.min(
                    options.getEventLoopPoolSize(), Runtime.getRuntime().availableProcessors()));
        }
    }
}
