package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.payload.PayloadFormat;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.tracing.DeliveryTraces;
import dev.rocketgateway.webhook.WebhookSender;

/**
 * The delivery settings of a subscription, as one immutable value. A change replaces the value, and a webhook in flight keeps the
 * value with which it started.
 */
public record DeliverySettings(Subscription subscription, WebhookSender sender, PayloadFormat payload) {

    public DeliverySettings(Subscription subscription, WebhookSender sender) {
        this(subscription, sender, PayloadFormat.of(subscription));
    }

    /** What a span says of the subscription. */
    DeliveryTraces.Consumer traced() {
        var source = subscription.source();
        return new DeliveryTraces.Consumer(
                name(), source.topic().toString(), source.consumerGroup().toString());
    }

    String name() {
        return subscription.name();
    }
}
