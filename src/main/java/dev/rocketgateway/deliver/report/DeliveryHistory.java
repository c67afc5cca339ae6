package dev.rocketgateway.deliver.report;

import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.LeaseEnd;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.subscription.SubscriptionStatus.LastFailure;
import dev.rocketgateway.webhook.WebhookOutcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Holds the last success and the last failure of each subscription, and the number of webhooks in flight. Thread-safe. */
@ApplicationScoped
public class DeliveryHistory implements DeliveryListener {

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /** The history of one subscription. */
    public static final class Entry {

        private final AtomicInteger inFlight = new AtomicInteger();
        private volatile @Nullable Instant lastSuccess;
        private volatile @Nullable LastFailure lastFailure;

        public int inFlight() {
            return inFlight.get();
        }

        public Optional<Instant> lastSuccess() {
            return Optional.ofNullable(lastSuccess);
        }

        public Optional<LastFailure> lastFailure() {
            return Optional.ofNullable(lastFailure);
        }
    }

    public Entry of(String subscription) {
        return entries.computeIfAbsent(subscription, name -> new Entry());
    }

    @Override
    public void webhookStarted(String subscription) {
        of(subscription).inFlight.incrementAndGet();
    }

    @Override
    public void webhookEnded(String subscription, WebhookOutcome outcome, Duration took) {
        of(subscription).inFlight.decrementAndGet();
    }

    @Override
    public void attempted(DeliveryAttempt attempt) {
        var entry = of(attempt.subscription());
        if (attempt.verdict() == DeliveryVerdict.ACK) {
            entry.lastSuccess = Instant.now();
        } else {
            entry.lastFailure = new LastFailure(
                    Instant.now(),
                    attempt.outcome().label(),
                    attempt.detail().isEmpty() ? "the endpoint answered " + attempt.status() : attempt.detail());
        }
    }

    @Override
    public void leaseEnded(LeaseEnd end) {
        var entry = of(end.subscription());
        if (end.succeeded()) {
            entry.lastSuccess = Instant.now();
        } else {
            entry.lastFailure = new LastFailure(
                    Instant.now(), end.outcome().label(), end.outcome().detail());
        }
    }

    @Override
    public void removed(String subscription) {
        entries.remove(subscription);
    }
}
