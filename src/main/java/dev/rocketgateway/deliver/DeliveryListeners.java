package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.List;

/** Tells several listeners, in order. */
record DeliveryListeners(List<DeliveryListener> listeners) implements DeliveryListener {

    DeliveryListeners {
        listeners = List.copyOf(listeners);
    }

    @Override
    public void attemptStarted(String subscription) {
        listeners.forEach(listener -> listener.attemptStarted(subscription));
    }

    @Override
    public void attemptEnded(String subscription, ReceivedMessage message, WebhookOutcome outcome, Duration took) {
        listeners.forEach(listener -> listener.attemptEnded(subscription, message, outcome, took));
    }

    @Override
    public void deadLettered(String subscription, ReceivedMessage message, WebhookOutcome last) {
        listeners.forEach(listener -> listener.deadLettered(subscription, message, last));
    }

    @Override
    public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
        listeners.forEach(listener -> listener.stateChanged(subscription, before, after));
    }
}
