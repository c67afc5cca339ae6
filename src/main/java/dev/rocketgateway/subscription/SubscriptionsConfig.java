package dev.rocketgateway.subscription;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Subscriptions that come with the configuration, by name. */
@ConfigMapping(prefix = "gateway.subscriptions")
public interface SubscriptionsConfig {

    /** All of them. */
    @WithParentName
    Map<String, SubscriptionConfig> byName();

    /** One subscription. */
    interface SubscriptionConfig {

        /** Which messages. */
        SourceConfig source();

        /** Who receives. */
        EndpointConfig endpoint();

        /** How much at once. */
        DeliveryConfig delivery();

        /** How often. */
        RetryConfig retry();
    }

    /** Which messages. */
    interface SourceConfig {

        /** Topic to forward. */
        String topic();

        /** Consumer group that holds the position. Default `GW-<name>`; a new group begins anew. */
        Optional<String> consumerGroup();

        /** Which messages of the topic. */
        FilterConfig filter();

        /** Where a group that has never consumed begins. */
        StartFromConfig startFrom();
    }

    /** Which messages of the topic. */
    interface FilterConfig {

        /** `TAG`, or `SQL92` over properties, which the broker must allow. */
        @WithDefault("TAG")
        Subscription.Filter.Type type();

        /** Tags separated by `||`, or `*` for all; with `SQL92` a condition. */
        @WithDefault("*")
        String expression();
    }

    /** Where a group that has never consumed begins. */
    interface StartFromConfig {

        /** `LATEST`: what comes from now on; `EARLIEST`: everything kept; `TIMESTAMP`: from a time on. */
        @WithDefault("LATEST")
        Subscription.StartFrom.Position position();

        /** The time for `TIMESTAMP`, in RFC 3339. */
        Optional<Instant> timestamp();
    }

    /** Who receives. */
    interface EndpointConfig {

        /** Where each message is POSTed; http or https. */
        URI url();

        /** Time for a whole webhook, connecting included, from 100ms to 30s. Too low repeats what a slow endpoint has already done. */
        @WithDefault("10s")
        Duration timeout();
    }

    /** How much at once. */
    interface DeliveryConfig {

        /** Webhooks under way at the same time, 1 to 256, per replica. Too high overruns the endpoint; each holds a thread. */
        @WithDefault("16")
        int maxInFlight();
    }

    /** How often. */
    interface RetryConfig {

        /** Deliveries of one message, 1 to 100, before it goes to the dead-letter topic; 17 take 4 h 45 min. */
        @WithDefault("17")
        int maxAttempts();
    }
}
