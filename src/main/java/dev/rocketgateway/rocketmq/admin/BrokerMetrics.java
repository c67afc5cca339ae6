package dev.rocketgateway.rocketmq.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;

/** Registers the meters of the brokers: whether they answer, and how many of them are avoided. */
@Startup
@Singleton
class BrokerMetrics {

    BrokerMetrics(MeterRegistry registry, BrokerProbe probe, BrokerHealth health) {
        Gauge.builder("gateway.broker.up", probe, known -> known.state() == BrokerProbe.State.ANSWERING ? 1 : 0)
                .description("Whether a name server and at least one broker answered the last probe")
                .strongReference(true)
                .register(registry);
        Gauge.builder("gateway.brokers.avoided", health, known -> known.avoided()
                        .size())
                .description("Brokers that are slow or do not answer, so that messages go to other brokers")
                .strongReference(true)
                .register(registry);
    }
}
