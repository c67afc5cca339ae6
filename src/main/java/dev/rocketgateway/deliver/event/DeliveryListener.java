package dev.rocketgateway.deliver.event;

import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;

/**
 * Listens to deliveries: metrics, log, attempt log and operator events. Called on delivery threads, so a listener must be
 * thread-safe and quick, and must not throw.
 */
public interface DeliveryListener {

    /** A webhook is about to be sent. */
    default void webhookStarted(String subscription) {}

    /** A webhook has ended. */
    default void webhookEnded(String subscription, WebhookOutcome outcome, Duration took) {}

    /** A verdict on a message after an attempt; called once for each message of a webhook. */
    default void attempted(DeliveryAttempt attempt) {}

    /** A message becomes a dead letter. */
    default void deadLettered(DeadLettering message) {}

    /** Webhooks are held for this time. */
    default void held(String subscription, Hold hold, Duration time) {}

    /** Webhooks are sent again. */
    default void released(String subscription) {}

    /** The subscription went from one state to another. */
    default void stateChanged(String subscription, DeliveryState before, DeliveryState after) {}

    /** The subscription no longer runs on this replica. */
    default void removed(String subscription) {}
}
