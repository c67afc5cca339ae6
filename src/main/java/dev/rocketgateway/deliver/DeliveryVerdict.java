package dev.rocketgateway.deliver;

import dev.rocketgateway.webhook.WebhookOutcome;

/**
 * What the broker is told about one attempt.
 *
 * <pre>
 * endpoint answered | verdict
 * ------------------|--------------------------------------------------------
 * 2xx               | ACK
 * anything else     | RETRY: later, or never again if it was the last attempt
 * nothing           | RETRY: the same
 * </pre>
 */
public enum DeliveryVerdict {
    /** Delivered; the group is done with the message. */
    ACK,
    /** Deliver again after a while; after the last attempt the broker moves the message to the dead-letter topic. */
    RETRY;

    static DeliveryVerdict of(WebhookOutcome outcome) {
        return outcome instanceof WebhookOutcome.Answered answer && answer.status() / 100 == 2 ? ACK : RETRY;
    }
}
