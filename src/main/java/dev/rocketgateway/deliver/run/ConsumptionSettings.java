package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.subscription.DeadLetterPolicy;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;

/** Translates a subscription into the settings of a message source. */
public final class ConsumptionSettings {

    /** Longest time that a message may wait for the rate, so that it does not wait longer than the client allows. */
    private static final Duration LONGEST_WAIT_FOR_A_PLACE = Duration.ofSeconds(60);

    private static final int TRIES_AT_THE_TOPIC = 1000;

    private ConsumptionSettings() {}

    /**
     * Returns the settings with which a consumption of the subscription starts.
     *
     * @param callsAtFirst maximum number of concurrent webhooks at the start
     * @param clockTolerance largest difference between the clocks of gateway and brokers
     * @param newFilter whether the start must wait until no member of the group uses another filter
     */
    static MessageSource.Settings of(
            Subscription subscription, int callsAtFirst, Duration clockTolerance, boolean newFilter) {
        var from = subscription.source();
        return new MessageSource.Settings(
                from.consumerGroup(),
                from.topic(),
                filter(from),
                switch (from.startFrom().position()) {
                    // For queues that got no position when the subscription was created: the broker did not answer or
                    // joined later, or the topic was created later. A start slightly too early is better than a start
                    // too late.
                    case LATEST -> new Start.At(subscription.createdAt().minus(clockTolerance));
                    case EARLIEST -> new Start.Earliest();
                    case TIMESTAMP -> new Start.At(from.startFrom().timestamp().orElseThrow());
                },
                mode(subscription),
                callsAtFirst,
                limits(subscription),
                newFilter);
    }

    public static MessageSource.Mode mode(Subscription subscription) {
        if (subscription.pull().isPresent()) {
            return MessageSource.Mode.LEASED;
        }
        return subscription.isOrdered() ? MessageSource.Mode.ORDERED : MessageSource.Mode.CONCURRENT;
    }

    public static MessageSource.Filter filter(Source from) {
        return new MessageSource.Filter(
                from.filter().type() == Source.Filter.Type.SQL92, from.filter().expression());
    }

    /** The limits that can change while the subscription runs. */
    static MessageSource.Limits limits(Subscription subscription) {
        int webhooks = inFlight(subscription);
        int batch = subscription.batch().maxMessages();
        return new MessageSource.Limits(webhooks, batch, webhooks * batch, brokerAttempts(subscription));
    }

    /**
     * Number of deliveries after which the broker itself makes a message a dead letter. The gateway counts too, and normally gives
     * the message up first. But it keeps retrying a message that the topic for dead letters refuses. In that time, the broker must
     * not move the message to its own dead-letter topic.
     */
    static int brokerAttempts(Subscription subscription) {
        int attempts = subscription.retry().maxAttempts();
        return subscription.deadLetter().mode() == DeadLetterPolicy.Mode.TOPIC
                ? attempts + TRIES_AT_THE_TOPIC
                : attempts;
    }

    /** Maximum number of concurrent webhooks: fewer than configured if the rate would make the last one wait too long. */
    static int inFlight(Subscription subscription) {
        var delivery = subscription.delivery();
        return delivery.ratePerSecond()
                .map(rate -> (int) Math.max(1, rate * LONGEST_WAIT_FOR_A_PLACE.toSeconds()))
                .map(places -> Math.min(places, delivery.maxInFlight()))
                .orElse(delivery.maxInFlight());
    }
}
