package dev.rocketgateway.subscription.document;

import static dev.rocketgateway.subscription.document.Field.Type.BOOLEAN;
import static dev.rocketgateway.subscription.document.Field.Type.NUMBER;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Subscriptions that come with the configuration, by name. JSON documents are read with the same interfaces, so these are the only
 * place for names and defaults; {@link SubscriptionReader} knows what the texts may be.
 */
@ConfigMapping(prefix = "gateway.subscriptions")
public interface SubscriptionsConfig {

    /** All of them. */
    @WithParentName
    Map<String, SubscriptionConfig> byName();

    /** One subscription. */
    interface SubscriptionConfig {

        /** For people. */
        Optional<String> description();

        /** `ACTIVE` or `PAUSED`. */
        @WithDefault("ACTIVE")
        Optional<String> state();

        /** Which messages. */
        SourceConfig source();

        /** Who receives. */
        EndpointConfig endpoint();

        /** What a webhook's body looks like. */
        PayloadConfig payload();

        /** How many messages in one webhook. */
        BatchConfig batch();

        /** How much at once. */
        DeliveryConfig delivery();

        /** How often. */
        RetryConfig retry();

        /** What an answer means. */
        ResponsesConfig responses();

        /** What becomes of a message that cannot be delivered. */
        DeadLetterConfig deadLetter();

        /** When an endpoint that fails is left alone. */
        CircuitBreakerConfig circuitBreaker();
    }

    /** Which messages. */
    interface SourceConfig {

        /** Topic to forward. */
        @Field(required = true)
        Optional<String> topic();

        /** Consumer group that holds the position. Default `GW-<name>`; a new group begins anew. */
        Optional<String> consumerGroup();

        /** Which messages of the topic. */
        FilterConfig filter();

        /** `CONCURRENT`: messages of one queue are delivered beside each other. */
        @WithDefault("CONCURRENT")
        Optional<String> mode();

        /** Where a group that has never consumed begins. */
        StartFromConfig startFrom();
    }

    /** Which messages of the topic. */
    interface FilterConfig {

        /** `TAG`, or `SQL92` over properties, which the broker must allow. */
        @WithDefault("TAG")
        Optional<String> type();

        /** Tags separated by `||`, or `*` for all; with `SQL92` a condition. */
        @WithDefault("*")
        Optional<String> expression();
    }

    /** Where a group that has never consumed begins. */
    interface StartFromConfig {

        /** `LATEST`: what comes from now on; `EARLIEST`: everything kept; `TIMESTAMP`: from a time on. */
        @WithDefault("LATEST")
        Optional<String> position();

        /** The time for `TIMESTAMP`, in RFC 3339. */
        Optional<String> timestamp();
    }

    /** What a webhook's body looks like. */
    interface PayloadConfig {

        /** `RAW`, `JSON`, `CLOUDEVENTS_BINARY` or `CLOUDEVENTS_STRUCTURED`. */
        @WithDefault("RAW")
        Optional<String> format();

        /** Content-Type of `RAW` and `CLOUDEVENTS_BINARY`, instead of the message's own. */
        Optional<String> contentType();

        /** Whether user properties are sent as headers. */
        @Field(BOOLEAN)
        @WithDefault("true")
        Optional<String> forwardProperties();
    }

    /** How many messages in one webhook. */
    interface BatchConfig {

        /** Messages. Too high makes all of them wait for the slowest, and fail with one. */
        @Field(NUMBER)
        @WithDefault("1")
        Optional<String> maxMessages();

        /** Bytes of their bodies; one that is larger goes alone. */
        @Field(NUMBER)
        @WithDefault("262144")
        Optional<String> maxBytes();
    }

    /** How much at once. */
    interface DeliveryConfig {

        /** Webhooks under way at the same time, per replica. Too high overruns the endpoint; each holds a thread. */
        @Field(NUMBER)
        @WithDefault("16")
        Optional<String> maxInFlight();

        /** Webhooks per second, by each replica; without it as many as there are. */
        @Field(NUMBER)
        Optional<String> ratePerSecond();
    }

    /** How often. */
    interface RetryConfig {

        /** Deliveries of one message before it is dead-lettered; 17 take 4 h 45 min. */
        @Field(NUMBER)
        @WithDefault("17")
        Optional<String> maxAttempts();

        /** Delays after each failure, the last for all that follow; without it 10s, 30s, 1m, … 2h. */
        Optional<List<String>> schedule();

        /** Whether an endpoint may ask for a longer delay. */
        @Field(BOOLEAN)
        @WithDefault("true")
        Optional<String> honorRetryAfter();

        /** The longest delay it may ask for. */
        @WithDefault("2h")
        Optional<String> retryAfterMax();
    }

    /** What an answer means; an exact code wins over its class, and that over `*`. */
    interface ResponsesConfig {

        /** Delivered. */
        @WithDefault("2xx")
        Optional<List<String>> ack();

        /** Dead-lettered at once. */
        @WithDefault("400,405,406,411,413,414,415,422,431,501,505")
        Optional<List<String>> deadLetter();

        /** The subscription is paused. */
        @WithDefault("410")
        Optional<List<String>> pause();

        /** Delivered again later. */
        @WithDefault("*")
        Optional<List<String>> retry();
    }

    /** What becomes of a message that cannot be delivered. */
    interface DeadLetterConfig {

        /** `ROCKETMQ_DLQ`, `TOPIC` or `DROP`. */
        @WithDefault("ROCKETMQ_DLQ")
        Optional<String> mode();

        /** For `TOPIC`. */
        Optional<String> topic();
    }

    /** When an endpoint that fails is left alone. */
    interface CircuitBreakerConfig {

        /** Whether it ever is. */
        @Field(BOOLEAN)
        @WithDefault("true")
        Optional<String> enabled();

        /** So many of the attempts in the window must fail. */
        @Field(NUMBER)
        @WithDefault("50")
        Optional<String> failurePercent();

        /** And so many attempts there must be. */
        @Field(NUMBER)
        @WithDefault("10")
        Optional<String> minimumRequests();

        /** The time that is looked back on. */
        @WithDefault("30s")
        Optional<String> window();

        /** How long it is left alone at first. */
        @WithDefault("30s")
        Optional<String> open();

        /** The longest it is left alone. */
        @WithDefault("5m")
        Optional<String> maxOpen();

        /** How long messages are held before the consumer is stopped. */
        @WithDefault("2m")
        Optional<String> parkAfter();

        /** When a subscription whose endpoint never takes anything is paused; never without it. */
        Optional<String> autoPauseAfter();
    }
}
