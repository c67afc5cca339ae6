package dev.rocketgateway.deliver.event;

import dev.rocketgateway.subscription.Responses;
import dev.rocketgateway.webhook.WebhookOutcome;

/**
 * What an attempt means for its message.
 *
 * <pre>
 * the endpoint                        | verdict
 * ------------------------------------|----------------------------------------------------------------
 * answered                            | what the subscription's responses say of the status
 * did not answer                      | RETRY: it may do better later
 * was not asked, which is our fault   | HOLD: nothing is sent until that is mended
 * was not asked, for we are stopping  | HOLD: the message comes again
 * </pre>
 */
public enum DeliveryVerdict {
    /** Delivered; the group is done with the message. */
    ACK,
    /** Deliver it again after a while, or after the last attempt never again. */
    RETRY,
    /** The same bytes will fail again: to the dead letters at once. */
    DEAD_LETTER,
    /** The endpoint is gone: keep the message, and send nothing until somebody resumes the subscription. */
    PAUSE,
    /** Keep the message and spend no attempt. */
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
