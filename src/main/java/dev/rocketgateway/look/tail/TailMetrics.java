package dev.rocketgateway.look.tail;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/** Records the meters of tails. Thread-safe. */
@Singleton
class TailMetrics {

    private final AtomicInteger streams = new AtomicInteger();
    private final Counter sent;
    private final MeterRegistry registry;

    TailMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("gateway.tail.streams", streams, AtomicInteger::get)
                .description("Tails that stream now")
                .register(registry);
        this.sent = Counter.builder("gateway.tail.messages")
                .description("Messages that tails have sent")
                .register(registry);
    }

    void heldBy(Budget budget) {
        Gauge.builder("gateway.tail.buffered", budget, Budget::held)
                .baseUnit("bytes")
                .description("Bytes that tails have written and callers have not read")
                .register(registry);
    }

    AtomicInteger streams() {
        return streams;
    }

    void sent() {
        sent.increment();
    }

    void dropped(String reason, long messages) {
        Counter.builder("gateway.tail.dropped")
                .tag("reason", reason)
                .description("Messages that tails have dropped")
                .register(registry)
                .increment(messages);
    }
}
