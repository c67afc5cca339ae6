package dev.rocketgateway.publish;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Settings of publishing: limits, timeouts and guarantees. */
@ConfigMapping(prefix = "gateway.publish")
public interface PublishConfig {

    /**
     * Largest body of a message; larger ones get 413. Too low: valid messages are refused. Above
     * `gateway.rocketmq.max-message-size` or the broker's own limit (4M by default): these refuse large messages instead.
     */
    @WithDefault("4M")
    MemorySize maxMessageSize();

    /**
     * Maximum number of messages in one batch; larger batches get 413, but NDJSON has no such limit. Too low: callers must split batches. Too
     * high: one request holds many messages in memory.
     */
    @WithDefault("1000")
    int maxBatchMessages();

    /**
     * Largest body of one batch; larger ones get 413, but NDJSON has no such limit. Too low: callers must split batches. Too high:
     * one request takes much memory.
     */
    @WithDefault("16M")
    MemorySize maxBatchSize();

    /**
     * Maximum number of messages in flight to the broker; at least `max-batch-messages`. Too low: bursts get 429. Too high: a slow broker fills
     * the heap.
     */
    @WithDefault("10000")
    int maxInFlight();

    /**
     * Maximum number of bytes of bodies and attributes in flight to the broker; at least the largest batch, and the largest message with
     * 32,000 bytes of attributes. If not set, 64M, or an eighth of the heap if that is less. Too low: bursts get 429. Too
     * high: memory can run out.
     */
    Optional<MemorySize> maxInFlightSize();

    /**
     * Longest `timeout` that a request may set. Too low: callers cannot wait for a slow broker. Too high: callers keep their
     * messages in memory for that long.
     */
    @WithDefault("30s")
    Duration maxTimeout();

    /**
     * Longest delay of a scheduled message; longer ones get 400. Too low: valid schedules are refused. Above the broker's
     * `timerMaxDelaySec` (3 days by default, 40 on ApsaraMQ): the broker refuses messages that the gateway accepts.
     */
    @WithDefault("3d")
    Duration maxDelay();

    /**
     * Longest time for a request body to arrive; then the caller gets 408. Too low: requests of slow callers fail. Too high:
     * slow callers hold memory.
     */
    @WithDefault("30s")
    Duration bodyTimeout();

    /**
     * Whether publishing to a topic that does not exist may create the topic, if the broker allows it too. `true`: a typo
     * creates a topic. Dev mode sets it.
     */
    @WithDefault("false")
    boolean allowTopicCreation();

    /**
     * Whether a message that is stored with another status than `SEND_OK` gets 503 `not-replicated` instead of success.
     * True: a retry can store such a message twice. False: callers must check `sendStatus`.
     */
    @WithDefault("false")
    boolean requireSendOk();

    /** Settings of sending messages of several callers together. */
    Coalescing coalescing();

    /** Rate limits for callers and topics, on each replica; a rate that is not set does not limit. */
    RateLimit rateLimit();

    /** Settings of the metrics. */
    Metrics metrics();

    /** Messages that arrive while others are in flight to the same topic are sent together, in one request to the broker. */
    interface Coalescing {

        /**
         * Whether messages to the same topic are sent together while earlier ones are in flight, in modes `sync` and
         * `async`. False: each message is a request of its own, which costs more and takes longer under load; see
         * [benchmarks](benchmarks.md).
         */
        @WithDefault("true")
        boolean enabled();

        /**
         * Number of messages in flight to a topic, in each mode, from which further messages wait. Too high: few messages are sent
         * together. 1: two callers at the same time wait for each other.
         */
        @WithDefault("2")
        int threshold();

        /**
         * Maximum number of messages in one request to the broker. A request also has at most 1 MiB, or `gateway.rocketmq.max-message-size` if
         * that is less. Too high: many messages wait for one request. 1: messages wait, but are never sent together.
         */
        @WithDefault("256")
        int maxMessages();

        /**
         * Longest time, in whole milliseconds, that a message waits for an earlier request to return. Too low: few messages are
         * sent together. Too high: the wait adds to the latency of a distant broker, and a slow broker holds up messages for
         * others.
         */
        @WithDefault("1ms")
        Duration maxWait();
    }

    /** A number of messages per window. All messages of a window may come at once; the rate then refills evenly. */
    interface RateLimit {

        /**
         * Maximum number of messages that one caller may publish per window, through each replica. The API key, token or certificate says who
         * is calling. Without credentials, a caller is an IPv4 address, or the 64-bit network of an IPv6 address; behind a proxy set `quarkus.http.proxy.proxy-address-forwarding` and
         * `quarkus.http.proxy.trusted-proxies`, or all callers count as one. Too low: callers get 429. Not set: one
         * caller can take all capacity.
         */
        Optional<Integer> perCaller();

        /**
         * Maximum number of messages that may be published to one topic per window. Too low: callers get 429. Not set: one topic can take all
         * capacity.
         */
        Optional<Integer> perTopic();

        /** Length of the window, in whole seconds. Too short: small bursts get 429. Too long: large bursts pass. */
        @WithDefault("1s")
        Duration window();
    }

    /** Limits on the values of metric labels. */
    interface Metrics {

        /** Topics with their own label; all others count as `other`. If not set, every topic gets a label, up to `max-topics`. */
        Optional<Set<String>> topics();

        /**
         * Maximum number of topics with their own label. Too low: most topics count as `other`. Too high: callers can fill the memory of the
         * metrics store.
         */
        @WithDefault("100")
        int maxTopics();
    }
}
