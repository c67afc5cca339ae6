package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.subscription.DeadLetterPolicy;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;

/** A subscription in the terms of a message source. */
public final class ConsumptionSettings {

    /** A place at the rate comes within this time, so that no message waits for longer than the client lets it. */
    private static final Duration LONGEST_WAIT_FOR_A_PLACE = Duration.ofSeconds(60);

    private static final int TRIES_AT_THE_TOPIC = 1000;

    /** As many messages as the broker gives at once. */
    private static final int MAX_FAN_OUT = 32;

    /** One thread sends at most this part of the webhooks there may be, so that the messages of several queues are under way. */
    private static final int SHARES = 8;

    private ConsumptionSettings() {}

    /**
     * @param callsAtFirst how many webhooks at once in the beginning
     * @param clockTolerance how far the clocks of gateway and brokers may be apart
     * @param newFilter whether it may only begin while nobody receives for the group with another filter
     */
    static MessageSource.Settings of(
            Subscription subscription, int callsAtFirst, Duration clockTolerance, boolean newFilter) {
        var from = subscription.source();
        return new MessageSource.Settings(
                from.consumerGroup(),
                from.topic(),
                filter(from),
                switch (from.startFrom().position()) {
                    // For the queues that had no position set at the creation: those of a broker that did not answer or
                    // joined
                    // later, and of a topic made later. Rather a little too early than too late.
                    case LATEST -> new Start.At(subscription.createdAt().minus(clockTolerance));
                    case EARLIEST -> new Start.Earliest();
                    case TIMESTAMP -> new Start.At(from.startFrom().timestamp().orElseThrow());
                },
                callsAtFirst,
                callsAtFirst < inFlight(subscription) ? eachByItself(subscription) : limits(subscription),
                newFilter);
    }

    public static MessageSource.Filter filter(Source from) {
        return new MessageSource.Filter(
                from.filter().type() == Source.Filter.Type.SQL92, from.filter().expression());
    }

    /** What a change of the subscription may change while it runs. */
    static MessageSource.Limits limits(Subscription subscription) {
        return limits(subscription, fanOut(subscription));
    }

    /** While the endpoint is probed: a message that it fails with must not have others wait behind it. */
    private static MessageSource.Limits eachByItself(Subscription subscription) {
        return limits(subscription, 1);
    }

    private static MessageSource.Limits limits(Subscription subscription, int fanOut) {
        int webhooks = inFlight(subscription);
        int batch = subscription.batch().maxMessages();
        return new MessageSource.Limits(
                webhooks, batch > 1 ? batch : fanOut, webhooks * batch, brokerAttempts(subscription));
    }

    /** How many messages one thread sends at once, each in a webhook of its own. */
    private static int fanOut(Subscription subscription) {
        // At a rate each waits for its time, and those of one call one after the other.
        return subscription.delivery().ratePerSecond().isPresent()
                ? 1
                : Math.max(1, Math.min(MAX_FAN_OUT, inFlight(subscription) / SHARES));
    }

    /**
     * After how many deliveries the broker gives a message up by itself. The gateway counts too, and gives it up first; where dead
     * letters go to a topic and that does not take one, the broker must not move it to its own.
     */
    static int brokerAttempts(Subscription subscription) {
        int attempts = subscription.retry().maxAttempts();
        return subscription.deadLetter().mode() == DeadLetterPolicy.Mode.TOPIC
                ? attempts + TRIES_AT_THE_TOPIC
                : attempts;
    }

    /** How many webhooks at once: fewer than allowed where the rate would make the last of them wait for too long. */
    static int inFlight(Subscription subscription) {
        var delivery = subscription.delivery();
        return delivery.ratePerSecond()
                .map(rate -> (int) Math.max(1, rate * LONGEST_WAIT_FOR_A_PLACE.toSeconds()))
                .map(places -> Math.min(places, delivery.maxInFlight()))
                .orElse(delivery.maxInFlight());
    }
}
