package dev.rocketgateway.publish.send;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/** Records the meters of {@link Coalescing}. Thread-safe. */
@Singleton
class CoalescingMetrics {

    private final DistributionSummary together;
    private final Timer waited;

    CoalescingMetrics(MeterRegistry registry) {
        this.together = DistributionSummary.builder("gateway.publish.coalesced")
                .baseUnit("messages")
                .description("Messages that were sent to the broker in one request; 1 is a message sent alone")
                .register(registry);
        this.waited = Timer.builder("gateway.publish.coalescing.wait")
                .description("How long the first message of a request to the broker waited before it was sent")
                .register(registry);
    }

    /**
     * Records a request to the broker.
     *
     * @param messages number of messages in the request
     * @param nanos how long the first message had waited
     */
    void left(int messages, long nanos) {
        together.record(messages);
        waited.record(nanos, TimeUnit.NANOSECONDS);
    }
}
