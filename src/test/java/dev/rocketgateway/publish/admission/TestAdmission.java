package dev.rocketgateway.publish.admission;

import dev.rocketgateway.publish.PublishConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;

/** Settings, limits and meters for tests without a container. */
public final class TestAdmission {

    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    public final PublishConfig config;
    public final InFlightLimit inFlight = new InFlightLimit(10_000, 1 << 24);
    public final PublishMetrics metrics;
    public final RateLimits rates;

    /**
     * @param settings keys below {@code gateway.publish}, and values in turn
     */
    public TestAdmission(String... settings) {
        var values = new HashMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put("gateway.publish." + settings[i], settings[i + 1]);
        }
        config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(PublishConfig.class)
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .build()
                .getConfigMapping(PublishConfig.class);
        metrics = new PublishMetrics(meters, config, inFlight);
        rates = new RateLimits(config, metrics);
    }

    /** How many stored messages were counted with this status. */
    public double stored(String status) {
        return meters.counter("gateway.send.status", "status", status).count();
    }
}
