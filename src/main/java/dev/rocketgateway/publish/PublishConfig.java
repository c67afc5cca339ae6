package dev.rocketgateway.publish;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Limits and promises of publishing. */
@ConfigMapping(prefix = "gateway.publish")
public interface PublishConfig {

    /** Larger bodies are refused with 413. Above the broker's own limit (4M by default) the broker refuses instead. */
    @WithDefault("4M")
    MemorySize maxMessageSize();

    /** Messages in one batch. Batches with more are refused with 413; NDJSON has no such limit. */
    @WithDefault("1000")
    int maxBatchMessages();

    /** Bytes of one batch's body. Larger ones are refused with 413; NDJSON has no such limit. */
    @WithDefault("16M")
    MemorySize maxBatchSize();

    /** Messages on their way to the broker at once; not less than a batch may have. Too low refuses bursts with 429; too high lets a slow broker fill the heap. */
    @WithDefault("10000")
    int maxInFlight();

    /**
     * Bytes of bodies and attributes on their way to the broker at once; not less than the largest message or batch may have.
     * Without it 64M, or an eighth of the heap where that is less. Above it memory can run out; too low refuses bursts with 429.
     */
    Optional<MemorySize> maxInFlightSize();

    /** The longest `timeout` a request may ask for. Too high lets callers hold their messages in memory for that long. */
    @WithDefault("30s")
    Duration maxTimeout();

    /**
     * How far ahead a message may be scheduled. Not more than the broker's `timerMaxDelaySec` (3d by default; ApsaraMQ allows
     * 40d), or it refuses what this lets through.
     */
    @WithDefault("3d")
    Duration maxDelay();

    /** How long a request body may take to arrive. Too low breaks slow callers; too high lets them hold memory. */
    @WithDefault("30s")
    Duration bodyTimeout();

    /** Whether publishing to a topic nobody created may create it, if the broker allows it too. True turns a typo into a topic. */
    @WithDefault("false")
    boolean allowTopicCreation();

    /** Whether a message stored with any other status than SEND_OK is answered with 503 instead of success. */
    @WithDefault("false")
    boolean requireSendOk();

    /** Sending messages of several callers together. */
    Coalescing coalescing();

    /** Rates callers and topics are held to, by each replica; without a number there is no limit. */
    RateLimit rateLimit();

    /** What the metrics tell apart. */
    Metrics metrics();

    /** Messages that come while others are on their way to the same topic leave together. */
    interface Coalescing {

        /** Whether they do. False sends each on its own, which costs more and under load takes longer. */
        @WithDefault("true")
        boolean enabled();

        /** Messages under way to a topic, in each mode, from which on more wait for one to return. Too high sends few together; 1 makes two callers who meet wait for each other. */
        @WithDefault("2")
        int threshold();

        /** Messages that leave together. Too high makes many wait for one send; 1 queues and never joins. */
        @WithDefault("256")
        int maxMessages();

        /**
         * How long a message waits for an earlier send to return; then it leaves all the same, so that no broker holds others back.
         * Whole milliseconds. Too low sends few together; too high adds to the latency of a broker that is far away.
         */
        @WithDefault("1ms")
        Duration maxWait();
    }

    /** Messages in a window of time; a window's worth may come at once, and comes back evenly. */
    interface RateLimit {

        /** Messages one caller may publish per window. A caller is an address; an IPv6 one, its network of 64 bits. */
        Optional<Integer> perCaller();

        /** Messages that may be published to one topic per window. */
        Optional<Integer> perTopic();

        /** The window, in whole seconds. Too long lets large bursts through. */
        @WithDefault("1s")
        Duration window();
    }

    /** The bound on metric label values. */
    interface Metrics {

        /** Topics with a label of their own; all others count as `other`. Without it every topic has one, up to the cap. */
        Optional<Set<String>> topics();

        /** How many topics get a label of their own. Too high lets callers fill the memory of the metrics store. */
        @WithDefault("100")
        int maxTopics();
    }
}
