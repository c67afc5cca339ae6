package dev.rocketgateway.deliver.report;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The meters that count each webhook of one subscription. This object keeps them, because finding a meter in the registry costs
 * more than using it. Thread-safe.
 */
final class WebhookMetrics {

    private static final String SUBSCRIPTION = "subscription";

    private final MeterRegistry registry;
    private final String subscription;
    private final AtomicLong inFlight;
    private final Timer age;
    private final Map<String, Timer> attempts = new ConcurrentHashMap<>();

    WebhookMetrics(MeterRegistry registry, String subscription) {
        this.registry = registry;
        this.subscription = subscription;
        this.inFlight = new AtomicLong();
        registry.gauge("gateway.delivery.in.flight", Tags.of(SUBSCRIPTION, subscription), inFlight);
        this.age = Timer.builder("gateway.delivery.age")
                .description("Time from publishing a message to acknowledging it to the broker")
                .tags(SUBSCRIPTION, subscription)
                .publishPercentileHistogram()
                .register(registry);
    }

    void started() {
        inFlight.incrementAndGet();
    }

    /**
     * @param outcome label of the outcome
     */
    void ended(String outcome, Duration took) {
        inFlight.decrementAndGet();
        var known = attempts.get(outcome);
        (known != null ? known : attempts.computeIfAbsent(outcome, this::attemptsThatEnd)).record(took);
    }

    private Timer attemptsThatEnd(String outcome) {
        return Timer.builder("gateway.delivery.attempts")
                .description("Duration of webhooks, from the start to the outcome")
                .tags(SUBSCRIPTION, subscription, "class", outcome)
                .publishPercentileHistogram()
                .register(registry);
    }

    /** Records how long it took from publishing the message to its acknowledgment. */
    void acknowledged(Instant bornAt) {
        age.record(Duration.between(bornAt, Instant.now()));
    }
}
