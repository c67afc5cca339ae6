package dev.rocketgateway.subscription.document;

import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Settings of the messages to forward, as strings; part of {@link SubscriptionsConfig}. */
public interface SourceConfig {

    /** Topic whose messages are forwarded. */
    @Field(required = true)
    Optional<String> topic();

    /** Consumer group that holds the position; the default is `GW-<name>`. A new group starts at `start-from`. */
    Optional<String> consumerGroup();

    /** Filter of the topic's messages. */
    FilterConfig filter();

    /**
     * Order of delivery. `CONCURRENT`: messages of one queue are delivered in parallel. `ORDERED`: messages of one queue are
     * delivered one after the other, and a message that fails stops its queue.
     */
    @WithDefault("CONCURRENT")
    Optional<String> mode();

    /** Start position of a group that has never consumed. */
    StartFromConfig startFrom();

    /** Filter of the topic's messages. */
    interface FilterConfig {

        /** Type of filter: `TAG`, or `SQL92` over properties, which the broker must allow. */
        @WithDefault("TAG")
        Optional<String> type();

        /** Filter expression: tags separated by `||`, or `*` for all messages; with `SQL92`, a condition. */
        @WithDefault("*")
        Optional<String> expression();
    }

    /** Start position of a group that has never consumed. */
    interface StartFromConfig {

        /** Start position. `LATEST`: messages from now on. `EARLIEST`: all stored messages. `TIMESTAMP`: messages since a time. */
        @WithDefault("LATEST")
        Optional<String> position();

        /** Time for `TIMESTAMP`, in RFC 3339 such as `2026-11-22T12:00:00Z`; not allowed with the other positions. */
        Optional<String> timestamp();
    }
}
