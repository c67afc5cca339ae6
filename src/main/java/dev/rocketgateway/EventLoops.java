package dev.rocketgateway;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;

/**
 * Sets one event loop for each processor. By default, Vert.x creates two. The gateway never blocks an event loop, and fewer loops
 * wake up less often and handle more events each time.
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
