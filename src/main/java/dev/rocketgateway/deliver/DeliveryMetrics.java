package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of deliveries. Thread-safe. */
@ApplicationScoped
class DeliveryMetrics implements DeliveryListener {

    private final MeterRegistry registry;
    private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> states = new ConcurrentHashMap<>();

    DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void attemptStarted(String subscription) {
        inFlight(subscription).incrementAndGet();
    }

    @Override
    public void attemptEnded(String subscription, ReceivedMessage message, WebhookOutcome outcome, Duration took) {
        inFlight(subscription).decrementAndGet();
        Timer.builder("gateway.delivery.attempts")
                .description("Webhooks, from the first byte to the outcome")
                .tags("subscription", subscription, "class", outcome.label())
                .publishPercentileHistogram()
                .register(registry)
                .record(took);
    }

    @Override
    public void deadLettered(String subscription, ReceivedMessage message, WebhookOutcome last) {
        registry.counter("gateway.delivery.dead.lettered", "subscription", subscription, "reason", "exhausted")
                .increment();
    }

    @Override
    public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
        state(subscription, before.label()).set(0);
        state(subscription, after.label()).set(1);
    }

    private AtomicInteger inFlight(String subscription) {
        return inFlight.computeIfAbsent(
                subscription,
                name -> registry.gauge(
                        "gateway.delivery.in.flight", Tags.of("subscription", name), new AtomicInteger()));
    }

    /** 1 for the state a subscription is in, 0 for those it was in before. */
    private AtomicInteger state(String subscription, String label) {
        return states.computeIfAbsent(
                subscription + '/' + label,
                key -> registry.gauge(
                        "gateway.subscription.state",
                        Tags.of("subscription", subscription, "state", label),
                        new AtomicInteger()));
    }
}
