package dev.rocketgateway.deliver.event;

import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.List;

/** Passes each event on to several listeners, in order. */
public record DeliveryListeners(List<DeliveryListener> listeners) implements DeliveryListener {

    public DeliveryListeners {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void webhookStarted(String subscription) {
        for (var listener : listeners) {
            listener.webhookStarted(subscription);
        }
    }

    @Override
    public void webhookEnded(String subscription, WebhookOutcome outcome, Duration took) {
        for (var listener : listeners) {
            listener.webhookEnded(subscription, outcome, took);
        }
    }

    @Override
    public void attempted(DeliveryAttempt attempt) {
        for (var listener : listeners) {
            listener.attempted(attempt);
        }
    }

    @Override
    public void leaseEnded(LeaseEnd end) {
        listeners.forEach(listener -> listener.leaseEnded(end));
    }

    @Override
    public void deadLettered(DeadLettering message) {
        listeners.forEach(listener -> listener.deadLettered(message));
    }

    @Override
    public void held(String subscription, Hold hold, Duration time) {
        listeners.forEach(listener -> listener.held(subscription, hold, time));
    }

    @Override
    public void released(String subscription) {
        listeners.forEach(listener -> listener.released(subscription));
    }

    @Override
    public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
        listeners.forEach(listener -> listener.stateChanged(subscription, before, after));
    }

    @Override
    public void removed(String subscription) {
        listeners.forEach(listener -> listener.removed(subscription));
    }
}
