package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.subscription.DeadLetter;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A subscription in the terms of a message source. */
final class ReceptionSettings {

    /** A place at the rate comes within this time, so that no message waits for longer than the client lets it. */
    private static final Duration LONGEST_WAIT_FOR_A_PLACE = Duration.ofSeconds(60);

    private static final int TRIES_AT_THE_TOPIC = 1000;

    private ReceptionSettings() {}

    /**
     * @param threads how many webhooks at once in the beginning
     * @param since when the subscription began to be tried here; empty at the first try
     * @param newFilter whether it may only begin while nobody receives for the group with another filter
     */
    static MessageSource.Settings of(
            Subscription subscription, int threads, Optional<Instant> since, boolean newFilter) {
        var from = subscription.source();
        return new MessageSource.Settings(
                from.consumerGroup(),
                from.topic(),
                new MessageSource.Filter(
                        from.filter().type() == Source.Filter.Type.SQL92,
                        from.filter().expression()),
                switch (from.startFrom().position()) {
                    // What came while the topic or the broker was not there is newer than the subscription.
                    case LATEST -> since.<Start>map(Start.At::new).orElseGet(Start.Latest::new);
                    case EARLIEST -> new Start.Earliest();
                    case TIMESTAMP -> new Start.At(from.startFrom().timestamp().orElseThrow());
                },
                threads,
                inFlight(subscription),
                brokerAttempts(subscription),
                subscription.batch().maxMessages(),
                newFilter);
    }

    /**
     * After how many deliveries the broker gives a message up by itself. The gateway counts too, and gives it up first; where dead
     * letters go to a topic and that does not take one, the broker must not move it to its own.
     */
    static int brokerAttempts(Subscription subscription) {
        int attempts = subscription.retry().maxAttempts();
        return subscription.deadLetter().mode() == DeadLetter.Mode.TOPIC ? attempts + TRIES_AT_THE_TOPIC : attempts;
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
