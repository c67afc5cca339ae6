package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.payload.PayloadFormat;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.webhook.WebhookSender;

/** How a subscription delivers, as one value that is replaced when it changes: a webhook under way keeps the one it began with. */
public record DeliverySettings(Subscription subscription, WebhookSender sender, PayloadFormat payload) {

    public DeliverySettings(Subscription subscription, WebhookSender sender) {
        this(subscription, sender, PayloadFormat.of(subscription));
    }

    String name() {
        return subscription.name();
    }
}
