package dev.rocketgateway.look;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings for [looking at messages](debugging.md): look-ups and tails. */
@ConfigMapping(prefix = "gateway.look")
public interface LookConfig {

    /**
     * Consumer group that the gateway names when it reads messages: for look-ups, tails and the lag. Every broker has the default group,
     * and a read sets no position for it. With an ACL, the gateway's user needs permission to consume with this group. Without the
     * permission, a seek of an ordered subscription can leave a held queue held.
     */
    @WithDefault("TOOLS_CONSUMER")
    String consumerGroup();

    TailConfig tail();

    /** Settings of tails, which stream the messages of a topic. */
    interface TailConfig {

        /** Maximum number of tails at a time, on each replica. Further requests get 429. Too high: tails slow down everything else. */
        @WithDefault("500")
        int maxStreams();

        /**
         * Maximum number of bytes that all tails together hold for callers that have not read them. Too low: many slow callers delay
         * each other. Too high: the gateway runs out of memory.
         */
        @WithDefault("64M")
        MemorySize maxBuffered();

        /** Maximum number of reads from brokers at a time, for all tails. Each read can hold as many bytes as the largest message. */
        @WithDefault("8")
        int maxReads();

        /** How often a tail without messages sends a heartbeat. Too high: proxies close the connection. */
        @WithDefault("15s")
        Duration heartbeat();

        /**
         * Number of messages that a caller can be behind before the tail skips to the end and reports the dropped messages. Too low: the
         * messages of a short burst are dropped. Too high: a slow caller sees old messages only.
         */
        @WithDefault("1000")
        int maxLag();

        /** How long a caller can be behind by more than `max-lag` before the tail skips to the end. */
        @WithDefault("10s")
        Duration slowAfter();

        /**
         * How often a tail looks for new queues and brokers of its topic. Too low: load on the name server. Too high: messages of new
         * queues come late.
         */
        @WithDefault("10s")
        Duration queueRefresh();

        /** Longest time of one stream. The stream then ends, and the gateway checks the credentials again when the caller continues. */
        @WithDefault("1h")
        Duration maxDuration();
    }
}
