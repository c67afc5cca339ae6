package dev.rocketgateway.deliver.report;

import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.deliver.event.LeaseEnd;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.webhook.WebhookOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Records the meters of deliveries. The meters of a deleted subscription are removed. Thread-safe. */
@ApplicationScoped
class DeliveryMetrics implements DeliveryListener {

    private static final String SUBSCRIPTION = "subscription";
    private static final String GATE_CLOSED = "gateway.delivery.gate.closed";

    private final MeterRegistry registry;
    private final Map<Meter.Id, AtomicLong> gauges = new ConcurrentHashMap<>();
    private final Map<String, WebhookMetrics> webhooks = new ConcurrentHashMap<>();

    DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void webhookStarted(String subscription) {
        of(subscription).started();
    }

    @Override
    public void webhookEnded(String subscription, WebhookOutcome outcome, Duration took) {
        of(subscription).ended(outcome.label(), took);
    }

    private WebhookMetrics of(String subscription) {
        var known = webhooks.get(subscription);
        return known != null
                ? known
                : webhooks.computeIfAbsent(subscription, name -> new WebhookMetrics(registry, name));
    }

    @Override
    public void attempted(DeliveryAttempt attempt) {
        if (attempt.verdict() == DeliveryVerdict.ACK) {
            of(attempt.subscription()).acknowledged(attempt.message().bornAt());
        }
        attempt.retryIn().ifPresent(delay -> registry.counter(
                        "gateway.delivery.retries",
                        SUBSCRIPTION,
                        attempt.subscription(),
                        "delay",
                        Durations.format(delay))
                .increment());
    }

    @Override
    public void leaseEnded(LeaseEnd end) {
        if (end.succeeded()) {
            of(end.subscription()).acknowledged(end.bornAt());
        }
    }

    @Override
    public void deadLettered(DeadLettering given) {
        deadLetters(given.subscription(), given.reason()).increment();
    }

    private Counter deadLetters(String subscription, String reason) {
        return registry.counter("gateway.delivery.dead.lettered", SUBSCRIPTION, subscription, "reason", reason);
    }

    @Override
    public void held(String subscription, Hold hold, Duration time) {
        gauge(GATE_CLOSED, subscription, "reason", hold.reason()).set(1);
        openedExcept(subscription, hold.reason());
    }

    @Override
    public void released(String subscription) {
        openedExcept(subscription, "");
    }

    /** A probe that fails holds messages again for the same reason: the gauge of this reason must not be 0 in between. */
    private void openedExcept(String subscription, String reason) {
        gauges.forEach((id, value) -> {
            if (id.getName().equals(GATE_CLOSED) && isOf(subscription, id) && !reason.equals(id.getTag("reason"))) {
                value.set(0);
            }
        });
    }

    @Override
    public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
        // A counter that begins with its first dead letter has no increase that an alert could see.
        DeadLettering.REASONS.forEach(reason -> deadLetters(subscription, reason));
        gauge("gateway.subscription.state", subscription, "state", before.label())
                .set(0);
        gauge("gateway.subscription.state", subscription, "state", after.label())
                .set(1);
    }

    /** Records an observation of {@link SubscriptionWatch}. */
    void watched(String subscription, SubscriptionWatch.Seen seen) {
        gauge("gateway.delivery.held", subscription).set(seen.held());
        seen.lag().ifPresent(lag -> {
            gauge("gateway.delivery.lag.messages", subscription).set(lag.messages());
            gauge("gateway.delivery.lag.seconds", subscription)
                    .set(lag.oldest().map(Duration::toSeconds).orElse(0L));
        });
        seen.retention().ifPresent(retention -> gauge("gateway.delivery.retention.seconds", subscription)
                .set(retention.toSeconds()));
    }

    @Override
    public void removed(String subscription) {
        List.copyOf(registry.getMeters()).stream()
                .map(Meter::getId)
                .filter(id -> isOf(subscription, id))
                .forEach(registry::remove);
        gauges.keySet().removeIf(id -> isOf(subscription, id));
        webhooks.remove(subscription);
    }

    private static boolean isOf(String subscription, Meter.Id id) {
        return subscription.equals(id.getTag(SUBSCRIPTION));
    }

    private AtomicLong gauge(String name, String subscription, String... tags) {
        var all = Tags.of(tags).and(SUBSCRIPTION, subscription);
        return gauges.computeIfAbsent(
                new Meter.Id(name, all, null, null, Meter.Type.GAUGE),
                id -> registry.gauge(name, all, new AtomicLong()));
    }
}
