package dev.rocketgateway.rocketmq;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of the connection to RocketMQ. */
@ConfigMapping(prefix = "gateway.rocketmq")
public interface RocketMqConfig {

    /**
     * Addresses of the name servers as `host:port;host:port`, or an instance endpoint such as
     * `http://MQ_INST_XXXX.<region>.aliyuncs.com:80`. Required outside dev mode.
     */
    @WithDefault("${NAMESRV_ADDR:}")
    Optional<String> namesrvAddr();

    /** Access key of the ACL. Set both keys or neither: with only one key, the service does not start. */
    @WithDefault("${ALIBABA_CLOUD_ACCESS_KEY_ID:}")
    Optional<String> accessKey();

    /**
     * File with the access key, instead of `access-key`; read again when it changes. Without this file the service does not start;
     * if it cannot be read later, the last keys stay in use.
     */
    Optional<String> accessKeyFile();

    /** Secret key of the ACL; never logged and never returned. */
    @WithDefault("${ALIBABA_CLOUD_ACCESS_KEY_SECRET:}")
    Optional<String> secretKey();

    /** File with the secret key, instead of `secret-key`; read again when it changes, together with the other two files. */
    Optional<String> secretKeyFile();

    /** Temporary token for both keys, if they come from a token service. */
    @WithDefault("${ALIBABA_CLOUD_SECURITY_TOKEN:}")
    Optional<String> securityToken();

    /** File with the temporary token, instead of `security-token`; read again when it changes, together with the other two files. */
    Optional<String> securityTokenFile();

    /**
     * Access channel: `cloud` for ApsaraMQ, `local` for all other clusters. With the wrong one, message traces go to the wrong
     * place.
     */
    @WithDefault("local")
    Channel accessChannel();

    /** Settings of the message trace. */
    Trace trace();

    /** Namespace of the instance, if several instances share the cluster. */
    Optional<String> namespace();

    /** Settings of TLS between gateway and RocketMQ. */
    Tls tls();

    /** Producer group of the gateway. An ACL that restricts groups must allow this group. */
    @WithDefault("GID_rocketmq_http_gateway")
    String producerGroup();

    /**
     * How long to wait for the broker if a request has no `timeout`. Too low: callers get 504 for messages that were stored. Too
     * high: callers wait for a broker that does not answer.
     */
    @WithDefault("3s")
    Duration sendTimeout();

    /** Retries of failed sends. */
    Retries retries();

    /** When to avoid a broker and send messages to others. */
    BrokerHealth brokerHealth();

    /**
     * Largest message that the client sends. Too low: valid messages are refused. Above the broker's own `maxMessageSize`: the
     * broker refuses large messages.
     */
    @WithDefault("4M")
    MemorySize maxMessageSize();

    /**
     * Maximum number of bytes of one-way messages that wait for the network, per broker. Too low: bursts get 429. Too high: a slow broker fills
     * the heap.
     */
    @WithDefault("8M")
    MemorySize onewayWindow();

    /**
     * Maximum number of bytes of received messages that are not delivered yet, for all subscriptions of a replica; each subscription has an
     * equal share, at most 32M. Too low: receiving pauses. Above a quarter of the heap: memory can run out while endpoints are
     * slow.
     */
    @WithDefault("128M")
    MemorySize maxBufferedSize();

    /**
     * Largest decompressed size of a message that its producer compressed. Too low: larger messages become dead letters. Too high:
     * one message can fill the heap.
     */
    @WithDefault("32M")
    MemorySize maxDecompressedSize();

    /**
     * How long a topic's route is used before it is looked up again in the background. Too low: load on the name server. Too high:
     * a deleted topic accepts messages for longer.
     */
    @WithDefault("30s")
    Duration routeRefresh();

    /**
     * How long a topic counts as missing before the name server is asked again. Too low: a typo in a busy caller loads the name
     * server. Too high: a new topic can be used late.
     */
    @WithDefault("1s")
    Duration missingRouteTtl();

    /**
     * How long a broker that the name server no longer lists counts as [away](webhooks.md#absent-brokers). Too low: topics
     * and dead letters of a broker under repair seem not to exist. Too high: after a broker was removed for good, unknown
     * topics get 503 for longer.
     */
    @WithDefault("24h")
    Duration absentBrokerTtl();

    /**
     * How often the readiness probe asks name server and brokers. Too low: load on the brokers. Too high: an outage is noticed
     * late.
     */
    @WithDefault("2s")
    Duration probeInterval();

    /**
     * Longest time for name server and brokers to answer a probe or an administrative call. Too low: a slow broker counts as down.
     * Too high: an outage is noticed late.
     */
    @WithDefault("2s")
    Duration probeTimeout();

    /** Settings of the message trace. */
    interface Trace {

        /** Whether to record a trace of every message. Default: only with `access-channel=cloud`. */
        Optional<Boolean> enabled();

        /** Topic for the trace; the default is the broker's trace topic. */
        Optional<String> topic();
    }

    /** Settings of TLS. */
    interface Tls {

        /** Whether to use TLS with name servers and brokers. */
        @WithDefault("false")
        boolean enabled();

        /**
         * Whether certificates must be signed by a trusted authority. False: every certificate is accepted, even an attacker's.
         */
        @WithDefault("true")
        boolean verify();

        /** PEM file with the certificates to trust, instead of those of the JVM. */
        Optional<String> caFile();
    }

    /** When brokers are avoided while others accept messages. */
    interface BrokerHealth {

        /**
         * Time without any answer after which a broker is avoided. Too low: a broker that pauses for a moment is avoided. Too high:
         * callers wait.
         */
        @WithDefault("1s")
        Duration stallAfter();

        /**
         * Latency above which a broker is avoided, if it is also four times that of the fastest broker. Too low: most messages go
         * to the fastest brokers. Too high: one slow broker slows all callers.
         */
        @WithDefault("100ms")
        Duration slowAfter();
    }

    /** Retries within one send. */
    interface Retries {

        /**
         * Number of retries of `mode=sync`, on another broker if there is one. Too low: the failure of one broker fails requests.
         * Too high: callers wait while brokers are down.
         */
        @WithDefault("2")
        int sync();

        /**
         * Number of retries of `mode=async`, after a failed connection. Too low: a broken connection fails requests. Too high:
         * messages stay in memory while brokers are down.
         */
        @WithDefault("2")
        int async();
    }

    /** The kind of cluster that the client connects to. */
    enum Channel {
        LOCAL,
        CLOUD
    }
}
