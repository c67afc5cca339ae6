package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.attempt.DeadLetterExit;
import dev.rocketgateway.deliver.attempt.DeliverySettings;
import dev.rocketgateway.deliver.attempt.MessageDelivery;
import dev.rocketgateway.deliver.attempt.OutcomeRules;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.message.LimitedExecutor;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.webhook.WebhookSender;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one subscription. Outlives its consumptions (one consumption lasts from a start of the consumer to its
 * stop): keeps the {@link DeliveryGate}, the health of the endpoint, and the connections.
 *
 * <p>Used by one thread at a time, except the gate, which is thread-safe.
 */
final class SubscriptionDelivery {

    private final DeliveryServices deliveries;
    private final DeliveryGate gate;
    private final OutcomeRules rules;
    private Subscription subscription;
    private WebhookSender sender;
    private @Nullable MessageDelivery delivery;

    /**
     * @param watcher notified when the gate holds and releases messages
     */
    SubscriptionDelivery(Subscription subscription, DeliveryServices deliveries, DeliveryGate.Watcher watcher) {
        this.subscription = subscription;
        this.deliveries = deliveries;
        this.sender = deliveries.open(subscription);
        this.gate = new DeliveryGate(
                subscription.circuitBreaker(), subscription.delivery().ratePerSecond(), watcher, System::nanoTime);
        this.rules = new OutcomeRules(
                gate,
                new DeadLetterExit(deliveries.forwarder(), deliveries.listener()),
                deliveries.listener(),
                reason -> deliveries.pause(subscription.name(), reason));
    }

    DeliveryGate gate() {
        return gate;
    }

    /**
     * Creates the handler for a consumption that is about to start.
     *
     * @param webhooks maximum number of concurrent webhooks until {@link #allow} changes it
     */
    MessageDelivery begin(int webhooks) {
        return delivery = new MessageDelivery(
                new DeliverySettings(subscription, sender),
                gate,
                rules,
                deliveries.listener(),
                deliveries.traces(),
                webhooks,
                new LimitedExecutor(deliveries.threads(), Runtime.getRuntime().availableProcessors()));
    }

    /** Changes the maximum number of concurrent webhooks. */
    void allow(int webhooks) {
        if (delivery != null) {
            delivery.allow(webhooks);
        }
    }

    /** Applies a change to webhooks that start from now on. */
    void change(Subscription next) {
        gate.change(next.circuitBreaker(), next.delivery().ratePerSecond());
        var old = sender;
        boolean another = !next.endpoint().equals(subscription.endpoint());
        if (another) {
            sender = deliveries.open(next);
        }
        subscription = next;
        if (delivery != null) {
            delivery.use(new DeliverySettings(next, sender));
        }
        if (another) {
            old.close();
        }
    }

    /** Stops new webhooks until the next {@link #begin}. */
    void end() {
        if (delivery != null) {
            delivery.end();
        }
    }

    /** Closes the connections to the endpoint. */
    void close() {
        sender.close();
    }
}
