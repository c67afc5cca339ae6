package dev.rocketgateway.rocketmq;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Where RocketMQ is and how to talk to it. */
@ConfigMapping(prefix = "gateway.rocketmq")
public interface RocketMqConfig {

    /** Name servers as `host:port;host:port`, or an instance endpoint such as `http://MQ_INST_XXXX.<region>.aliyuncs.com:80`. Required outside dev mode. */
    @WithDefault("${NAMESRV_ADDR:}")
    Optional<String> namesrvAddr();

    /** Access key of the ACL. Set both keys or none: with one of the two the service does not start. */
    @WithDefault("${ALIBABA_CLOUD_ACCESS_KEY_ID:}")
    Optional<String> accessKey();

    /** Secret key of the ACL; never logged, never returned. */
    @WithDefault("${ALIBABA_CLOUD_ACCESS_KEY_SECRET:}")
    Optional<String> secretKey();

    /** Temporary token that goes with the two keys, where they are from a token service. */
    @WithDefault("${ALIBABA_CLOUD_SECURITY_TOKEN:}")
    Optional<String> securityToken();

    /** `cloud` for ApsaraMQ, `local` for everything else; with the wrong one message traces go to the wrong place. */
    @WithDefault("local")
    Channel accessChannel();

    /** Message trace. */
    Trace trace();

    /** Instance namespace, where the cluster is shared by several instances. */
    Optional<String> namespace();

    /** Encryption between gateway and RocketMQ. */
    Tls tls();

    /** Group the gateway's producer belongs to. The ACL must allow it. */
    @WithDefault("GID_rocketmq_http_gateway")
    String producerGroup();

    /** How long to wait for the broker when a request has no `timeout`. Too low gives 504 for messages that were stored; too high holds callers. */
    @WithDefault("3s")
    Duration sendTimeout();

    /** How often a failed send is tried again. */
    Retries retries();

    /** When messages are sent to other brokers instead. */
    BrokerHealth brokerHealth();

    /** Larger messages are refused by the client; not more than the broker's own `maxMessageSize`. */
    @WithDefault("4M")
    MemorySize maxMessageSize();

    /** Bytes of one-way messages that may wait for the network, per broker. Too low refuses bursts with 429; too high fills the heap when a broker is slow. */
    @WithDefault("8M")
    MemorySize onewayWindow();

    /** Bytes of messages received for all subscriptions and not yet delivered. Too low pauses receiving, too high fills the heap. */
    @WithDefault("128M")
    MemorySize maxBufferedSize();

    /**
     * Most bytes of one message whose producer compressed it, once it is decompressed. Too low dead-letters messages that are larger;
     * too high lets one message fill the heap.
     */
    @WithDefault("32M")
    MemorySize maxDecompressedSize();

    /** How long a topic's route is used before it is looked up again in the background. Too high keeps a deleted topic publishable for longer. */
    @WithDefault("30s")
    Duration routeRefresh();

    /** How long a topic counts as missing before the name server is asked again. Too low lets a typo in a busy caller load the name server. */
    @WithDefault("1s")
    Duration missingRouteTtl();

    /**
     * How long a broker that the name server no longer tells of counts as away. Too low says that topics and dead letters of a broker
     * under repair do not exist; too high answers 503 for unknown topics for longer after a broker was removed for good.
     */
    @WithDefault("24h")
    Duration absentBrokerTtl();

    /** How often readiness asks name server and brokers. Too high notices an outage late. */
    @WithDefault("2s")
    Duration probeInterval();

    /** How long name server and brokers may take to answer readiness or an administrative call. Too low makes a slow broker count as down. */
    @WithDefault("2s")
    Duration probeTimeout();

    /** Message trace settings. */
    interface Trace {

        /** Whether to record a trace of every message. Default: only with `access-channel=cloud`. */
        Optional<Boolean> enabled();

        /** Topic the trace is written to; without it the broker's own. */
        Optional<String> topic();
    }

    /** Encryption settings. */
    interface Tls {

        /** Whether to speak TLS with name servers and brokers. */
        @WithDefault("false")
        boolean enabled();

        /** Whether their certificates must be signed by somebody trusted. False accepts any, also an attacker's. */
        @WithDefault("true")
        boolean verify();

        /** PEM file with the certificates to trust, instead of those the JVM trusts. */
        Optional<String> caFile();
    }

    /** Which brokers are avoided while others take messages. */
    interface BrokerHealth {

        /** A broker that has left sends unanswered for this long is avoided. Too low avoids one that pauses for a moment; too high lets callers wait. */
        @WithDefault("1s")
        Duration stallAfter();

        /** A broker that takes longer than this, and four times as long as the fastest one, is avoided. Too low puts more messages on the fastest brokers; too high lets one slow broker slow all callers. */
        @WithDefault("100ms")
        Duration slowAfter();
    }

    /** Retries inside one send. */
    interface Retries {

        /** Further tries of `mode=sync`, on another broker where there is one. Too high holds callers while brokers are down. */
        @WithDefault("2")
        int sync();

        /** Further tries of `mode=async`. */
        @WithDefault("2")
        int async();
    }

    /** How the client reaches its brokers. */
    enum Channel {
        LOCAL,
        CLOUD
    }
}
