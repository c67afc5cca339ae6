package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;

/**
 * What happened, as events; metrics and log listen. Called on delivery threads, so a listener is thread-safe, quick, and
 * does not throw.
 */
interface DeliveryListener {

    /** A webhook is about to be sent. */
    default void attemptStarted(String subscription) {}

    /** A webhook came to its end. */
    default void attemptEnded(String subscription, ReceivedMessage message, WebhookOutcome outcome, Duration took) {}

    /** The broker is about to move the message to the group's dead-letter topic. */
    default void deadLettered(String subscription, ReceivedMessage message, WebhookOutcome last) {}

    /** The subscription went from one state to another. */
    default void stateChanged(String subscription, DeliveryState before, DeliveryState after) {}
}
