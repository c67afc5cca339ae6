package dev.rocketgateway.deliver.event;

import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the calls of a listener as text, in order. */
public final class RecordedEvents implements DeliveryListener {

    private final List<String> events = new CopyOnWriteArrayList<>();

    private final List<DeliveryAttempt> attempts = new CopyOnWriteArrayList<>();

    private volatile String failing = "";

    public List<String> all() {
        return List.copyOf(events);
    }

    public List<DeliveryAttempt> attempts() {
        return List.copyOf(attempts);
    }

    @Override
    public void webhookStarted(String subscription) {
        events.add("started");
    }

    @Override
    public void webhookEnded(String subscription, WebhookOutcome outcome, Duration took) {
        events.add("ended " + outcome.label());
    }

    /** As a bug would. */
    public void failOn(String messageId) {
        failing = messageId;
    }

    @Override
    public void attempted(DeliveryAttempt attempt) {
        if (attempt.message().id().equals(failing)) {
            throw new IllegalStateException("a bug");
        }
        attempts.add(attempt);
        events.add("attempted " + attempt.message().id() + " " + attempt.verdict());
    }

    @Override
    public void deadLettered(DeadLettering given) {
        events.add("dead-lettered " + given.message().id() + " " + given.reason());
    }
}
