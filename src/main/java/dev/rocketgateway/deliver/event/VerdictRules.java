package dev.rocketgateway.deliver.event;

import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.subscription.Responses;
import dev.rocketgateway.webhook.WebhookOutcome;

/**
 * Decides what the outcome of an attempt means for its message.
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
public final class VerdictRules {

    private VerdictRules() {}

    public static DeliveryVerdict of(WebhookOutcome outcome, Responses responses) {
        if (outcome instanceof WebhookOutcome.Answered answer) {
            return responses.verdict(answer.status());
        }
        if (outcome instanceof WebhookOutcome.Failed failed) {
            return failed.failure() == WebhookOutcome.Failure.ABORTED ? DeliveryVerdict.HOLD : DeliveryVerdict.RETRY;
        }
        return DeliveryVerdict.HOLD;
    }
}
