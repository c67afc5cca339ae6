package dev.rocketgateway.deliver.event;

import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;

/**
 * Listens to deliveries: metrics, log, attempt log and operator events. Called by threads of consumers and by event loops, so a
 * listener must be thread-safe and quick, must not block, and must not throw.
 */
public interface DeliveryListener {

    /** Called when a webhook is about to be sent. */
    default void webhookStarted(String subscription) {}

    /** Called when a webhook has ended. */
    default void webhookEnded(String subscription, WebhookOutcome outcome, Duration took) {}

    /** Called with the verdict on a message after an attempt, once for each message of a webhook. */
    default void attempted(DeliveryAttempt attempt) {}

    /** Called when a lease has ended. */
    default void leaseEnded(LeaseEnd end) {}

    /** Called when a message becomes a dead letter. */
    default void deadLettered(DeadLettering message) {}

    /** Called when webhooks are held; {@code time} is the time until the next probe. */
    default void held(String subscription, Hold hold, Duration time) {}

    /** Called when webhooks are sent again after a hold. */
    default void released(String subscription) {}

    /** Called when the subscription has changed from one state to another. */
    default void stateChanged(String subscription, DeliveryState before, DeliveryState after) {}

    /** Called when the subscription was deleted and no longer runs on this replica. */
    default void removed(String subscription) {}
}
