package dev.rocketgateway.deliver.event;

import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;

/**
 * What happened, as events; metrics, log, attempt log and operator events listen. Called on delivery threads, so a listener is
 * thread-safe, quick, and does not throw.
 */
public interface DeliveryListener {

    /** A webhook is about to be sent. */
    default void webhookStarted(String subscription) {}

    /** A webhook came to its end. */
    default void webhookEnded(String subscription, WebhookOutcome outcome, Duration took) {}

    /** What becomes of a message after an attempt; once for each message of a webhook. */
    default void decided(DeliveryAttempt attempt) {}

    /** A message is given up. */
    default void deadLettered(DeadLettering message) {}

    /** No webhook goes out for this long. */
    default void held(String subscription, Hold hold, Duration time) {}

    /** Webhooks go out again. */
    default void released(String subscription) {}

    /** The subscription went from one state to another. */
    default void stateChanged(String subscription, DeliveryState before, DeliveryState after) {}

    /** The subscription runs here no more. */
    default void removed(String subscription) {}
}
