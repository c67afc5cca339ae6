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
 * Subscriptions of the configuration, by name. JSON documents are read with the same interfaces, so that names and defaults are
 * defined only once. {@link SubscriptionReader} checks the values.
 */
@ConfigMapping(prefix = "gateway.subscriptions")
public interface SubscriptionsConfig {

    /** All subscriptions, by name. */
    @WithParentName
    Map<String, SubscriptionConfig> byName();

    /** One subscription. */
    interface SubscriptionConfig {

        /** Description for people, up to 1000 characters. */
        Optional<String> description();

        /** State of the subscription: `ACTIVE` or `PAUSED`. The last `:pause` or `:resume` wins over this setting. */
        @WithDefault("ACTIVE")
        Optional<String> state();

        /** The messages to forward. */
        SourceConfig source();

        /** The endpoint that receives webhooks. A subscription has either an endpoint or `pull`. */
        EndpointConfig endpoint();

        /** Pull: workers receive the messages over HTTP. */
        PullConfig pull();

        /** The body of webhooks. */
        PayloadConfig payload();

        /** The size of batches. */
        BatchConfig batch();

        /** Concurrency and rate of webhooks. */
        DeliveryConfig delivery();

        /** Retries of failed deliveries. */
        RetryConfig retry();

        /** The meaning of the endpoint's status. */
        ResponsesConfig responses();

        /** Handling of messages that cannot be delivered. */
        DeadLetterConfig deadLetter();

        /** Circuit breaker for a failing endpoint. */
        CircuitBreakerConfig circuitBreaker();
    }

    /** The body of webhooks. */
    interface PayloadConfig {

        /** Format of the body: `RAW`, `JSON`, `CLOUDEVENTS_BINARY` or `CLOUDEVENTS_STRUCTURED`. */
        @WithDefault("RAW")
        Optional<String> format();

        /** Content-Type of `RAW` and `JSON`, instead of that of the message. */
        Optional<String> contentType();

        /** Whether user properties are sent as headers. */
        @Field(BOOLEAN)
        @WithDefault("true")
        Optional<String> forwardProperties();
    }

    /** The size of batches. */
    interface BatchConfig {

        /**
         * Maximum number of messages in one webhook, 1 to 32; more than one only with `JSON` and `CLOUDEVENTS_STRUCTURED`. Too low:
         * more requests. Too high: all messages wait for the slowest and can fail together.
         */
        @Field(NUMBER)
        @WithDefault("1")
        Optional<String> maxMessages();

        /**
         * Maximum number of bytes of bodies in one webhook, 1024 to 4194304; a larger message is sent alone. Too low: more requests.
         * Too high: the endpoint may refuse large requests.
         */
        @Field(NUMBER)
        @WithDefault("262144")
        Optional<String> maxBytes();
    }

    /** Concurrency and rate of webhooks. */
    interface DeliveryConfig {

        /**
         * Maximum number of webhooks in flight, 1 to 256, on each replica. Too low: slow delivery. Too high: the endpoint is
         * overloaded, and threads are held.
         */
        @Field(NUMBER)
        @WithDefault("16")
        Optional<String> maxInFlight();

        /**
         * Maximum number of webhooks per second, on each replica; at least one in 300 s. Too low: messages wait. Not set: no limit.
         */
        @Field(NUMBER)
        Optional<String> ratePerSecond();
    }

    /** Settings of a pull subscription. */
    interface PullConfig {

        /**
         * Default length of a lease, 10s to 12h. Setting it makes the subscription a pull subscription. Too low: messages come again
         * while a worker still processes them. Too high: the messages of a dead worker come again late.
         */
        Optional<String> visibility();
    }

    /** Retries of failed deliveries. */
    interface RetryConfig {

        /**
         * Deliveries of one message before it becomes a dead letter, 1 to 100; 17 take 4 h 45 min. Too low: a short
         * outage makes dead letters. Too high: a bad message is retried for days.
         */
        @Field(NUMBER)
        @WithDefault("17")
        Optional<String> maxAttempts();

        /**
         * Delays after each failure, 1s to 2h, separated by commas; the last delay applies to all later failures. If not
         * set, 10s, 30s, 1m, … 2h. Too low: a failing endpoint gets no time to recover. Too high: messages arrive late.
         */
        Optional<List<String>> schedule();

        /** Whether an endpoint may request a longer delay with `Retry-After`. */
        @Field(BOOLEAN)
        @WithDefault("true")
        Optional<String> honorRetryAfter();

        /**
         * Longest delay that an endpoint may request, 1s to 2h. Too low: `Retry-After` has little effect. Too high: an
         * endpoint can hold up its messages for long.
         */
        @WithDefault("2h")
        Optional<String> retryAfterMax();

        /**
         * What happens to a message that the gateway would give up. `DEAD_LETTER`: it becomes a dead letter. `BLOCK`, only with
         * `source.mode` `ORDERED`: it stops its queue and is retried until it is delivered.
         */
        @WithDefault("DEAD_LETTER")
        Optional<String> onExhausted();
    }

    /** Meaning of the endpoint's status. A code takes precedence over its class, and a class over `*`. */
    interface ResponsesConfig {

        /**
         * Statuses that acknowledge the message: codes, classes such as `4xx`, or `*`. An exact code takes precedence
         * over its class, and a class over `*`. After a status in no list, the gateway sends the message again later.
         */
        @WithDefault("2xx")
        Optional<List<String>> ack();

        /** Statuses after which the message becomes a dead letter at once. */
        @WithDefault("400,405,406,411,413,414,415,422,431,501,505")
        Optional<List<String>> deadLetter();

        /** Statuses after which the subscription is paused. */
        @WithDefault("410")
        Optional<List<String>> pause();

        /** Statuses after which the message is delivered again later. */
        @WithDefault("*")
        Optional<List<String>> retry();
    }

    /** Handling of messages that cannot be delivered. */
    interface DeadLetterConfig {

        /**
         * What happens to a message that cannot be delivered. `ROCKETMQ_DLQ`: the broker moves it to `%DLQ%<group>`.
         * `TOPIC`: the gateway publishes it to a topic, with the reason. `DROP`: it is discarded.
         */
        @WithDefault("ROCKETMQ_DLQ")
        Optional<String> mode();

        /** Topic for dead letters, for `TOPIC`. */
        Optional<String> topic();
    }
}
