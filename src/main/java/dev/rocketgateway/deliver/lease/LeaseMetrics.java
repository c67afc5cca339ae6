package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.LeaseEnd;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Records the meters of pull subscriptions. The meters of a deleted subscription are removed. Thread-safe. */
@ApplicationScoped
class LeaseMetrics implements DeliveryListener {

    private static final String SUBSCRIPTION = "subscription";
    private static final String MESSAGES = "gateway.receive.messages";

    /** Maximum number of leases of one subscription among which the oldest is searched. Further leases are ignored. */
    private static final int MAX_WATCHED = 10_000;

    private final MeterRegistry registry;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    LeaseMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The values of the gauges of one subscription. */
    private static final class Watched {

        private final AtomicInteger waiting = new AtomicInteger();
        private final Map<String, Receipt> leases = new ConcurrentHashMap<>();

        /** Age of the oldest attempt whose lease has not ended, in seconds. */
        double oldestSeconds() {
            var now = Instant.now();
            leases.values().removeIf(lease -> lease.hasEnded(now));
            return leases.values().stream()
                    .map(Receipt::takenAt)
                    .min(Instant::compareTo)
                    .map(oldest -> Duration.between(oldest, now).toMillis() / 1000.0)
                    .orElse(0.0);
        }
    }

    /** Counts a waiting caller. Run the result when the caller no longer waits; the subscription may be deleted by then. */
    Runnable callerWaits(String subscription) {
        var waiting = of(subscription).waiting;
        waiting.incrementAndGet();
        return waiting::decrementAndGet;
    }

    void received(String subscription, Receipt receipt) {
        count(subscription, "received");
        watch(subscription, receipt);
    }

    void extended(String subscription, Receipt before, Receipt after) {
        count(subscription, "extended");
        of(subscription).leases.remove(before.checkpoint());
        watch(subscription, after);
    }

    /** Stops watching a lease that a worker has ended. */
    void ended(String subscription, Receipt receipt) {
        var known = watched.get(subscription);
        if (known != null) {
            known.leases.remove(receipt.checkpoint());
        }
    }

    @Override
    public void leaseEnded(LeaseEnd end) {
        count(end.subscription(), end.outcome().label());
    }

    private void watch(String subscription, Receipt receipt) {
        var leases = of(subscription).leases;
        if (leases.size() < MAX_WATCHED) {
            leases.put(receipt.checkpoint(), receipt);
        }
    }

    private void count(String subscription, String result) {
        registry.counter(MESSAGES, SUBSCRIPTION, subscription, "result", result).increment();
    }

    private Watched of(String subscription) {
        return watched.computeIfAbsent(subscription, name -> {
            var made = new Watched();
            Gauge.builder("gateway.receive.waiting", made.waiting, AtomicInteger::get)
                    .description("Callers that wait for messages of the subscription on this replica")
                    .tag(SUBSCRIPTION, name)
                    .register(registry);
            Gauge.builder("gateway.receive.oldest.lease.seconds", made, Watched::oldestSeconds)
                    .description(
                            "Age of the oldest lease that this replica gave to a worker and that, as far as it knows, has not ended")
                    .tag(SUBSCRIPTION, name)
                    .register(registry);
            return made;
        });
    }

    @Override
    public void removed(String subscription) {
        watched.remove(subscription);
        List.copyOf(registry.getMeters()).stream()
                .map(Meter::getId)
                .filter(id ->
                        id.getName().startsWith("gateway.receive") && subscription.equals(id.getTag(SUBSCRIPTION)))
                .forEach(registry::remove);
    }
}
