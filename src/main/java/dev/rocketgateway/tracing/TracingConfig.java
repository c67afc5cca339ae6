package dev.rocketgateway.tracing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Settings of traces. */
@ConfigMapping(prefix = "gateway.tracing")
public interface TracingConfig {

    /**
     * Where to send spans: the base URL of a receiver of OTLP over HTTP, such as {@code http://otel-collector:4318}. The gateway adds
     * {@code /v1/traces}. If not set, the gateway makes no spans. Default: the environment variable
     * {@code OTEL_EXPORTER_OTLP_ENDPOINT}.
     */
    Optional<String> otlpEndpoint();

    /**
     * The share of traces that the gateway records, from 0 to 1. It counts only for requests and messages without a trace of their
     * own; else the caller decides.
     */
    @WithDefault("1")
    double sampling();

    /** Name of this service in traces. Default: the environment variable {@code OTEL_SERVICE_NAME}, else {@code rocketmq-http-gateway}. */
    @WithDefault("rocketmq-http-gateway")
    String serviceName();

    /**
     * How the span of a webhook with one message relates to the span of its publisher: {@code LINK}, a trace of its own with a link;
     * {@code CHILD}, the same trace. The webhooks of batches always have links.
     */
    @WithDefault("LINK")
    Relation webhooks();

    /** How a span relates to the span of the publisher. */
    enum Relation {
        LINK,
        CHILD
    }
}
