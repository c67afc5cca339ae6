package dev.rocketgateway.deliver.event;

import dev.rocketgateway.subscription.Responses;
import dev.rocketgateway.webhook.WebhookOutcome;

/**
 * The consequence of an attempt for its message.
 *
 * <pre>
 * the endpoint                    | verdict
 * --------------------------------|--------------------------------------------------------
 * answered                        | the entry of the status in the subscription's responses
 * did not answer                  | RETRY: a later attempt may succeed
 * got no request: gateway's fault | HOLD: nothing is sent until the cause is fixed
 * got no request: gateway stops   | HOLD: the message is delivered again
 * </pre>
 */
public enum DeliveryVerdict {
    /** Delivered; the message is acknowledged. */
    ACK,
    /** Deliver the message again later; after the last attempt, make it a dead letter. */
    RETRY,
    /** The same bytes will fail again: make the message a dead letter at once. */
    DEAD_LETTER,
    /** The endpoint is gone: keep the message, and send nothing until the subscription is resumed. */
    PAUSE,
    /** Keep the message and count no attempt. */
    HOLD;

    public static DeliveryVerdict of(WebhookOutcome outcome, Responses responses) {
        if (outcome instanceof WebhookOutcome.Answered answer) {
            return switch (responses.decide(answer.status())) {
                case ACK -> ACK;
                case RETRY -> RETRY;
                case DEAD_LETTER -> DEAD_LETTER;
                case PAUSE -> PAUSE;
            };
        }
        if (outcome instanceof WebhookOutcome.Failed failed) {
            return failed.failure() == WebhookOutcome.Failure.ABORTED ? HOLD : RETRY;
        }
        return HOLD;
    }
}
