package dev.rocketgateway.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans and exports them over OTLP. Trace contexts have the format of
 * <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>.
 *
 * <p>Thread-safe; never blocks. Spans wait for the exporter in a queue of 2,048; spans that do not fit are dropped.
 */
@Singleton
public class Tracing {

    static final String TRACEPARENT = "traceparent";
    static final String TRACESTATE = "tracestate";

    private static final String SCOPE = "dev.rocketgateway";
    private static final String PATH = "/v1/traces";

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<Map<String, String>> FROM_MAP = new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // still abstract
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    };

    private final @Nullable SdkTracerProvider provider;
    private final boolean startsTraces;
    private final Tracer tracer;

    @Inject
    Tracing(TracingConfig config, Config settings) {
        this(
                config.otlpEndpoint()
                        .map(endpoint -> provider(endpoint, config, settings))
                        .orElse(null),
                config.sampling() > 0);
    }

    private Tracing(@Nullable SdkTracerProvider provider, boolean startsTraces) {
        this.provider = provider;
        this.startsTraces = startsTraces;
        this.tracer = (provider == null ? TracerProvider.noop() : provider).get(SCOPE);
    }

    /** Makes no spans. */
    public static Tracing off() {
        return new Tracing(null, false);
    }

    /** Makes spans with a provider of the caller. */
    static Tracing with(SdkTracerProvider provider) {
        return new Tracing(provider, true);
    }

    /** Like {@link #with}, with {@code gateway.tracing.sampling=0}. */
    static Tracing continuingOnly(SdkTracerProvider provider) {
        return new Tracing(provider, false);
    }

    private static SdkTracerProvider provider(String endpoint, TracingConfig config, Config settings) {
        if (!endpoint.matches("https?://[^/?#]+.*")) {
            throw new ConfigurationException(
                    "`gateway.tracing.otlp-endpoint` cannot be `%s`: write a URL that begins with http:// or https://."
                            .formatted(endpoint));
        }
        if (!(config.sampling() >= 0 && config.sampling() <= 1)) {
            throw new ConfigurationException("`gateway.tracing.sampling` cannot be `%s`: write a number from 0 to 1."
                    .formatted(config.sampling()));
        }
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint((endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint) + PATH)
                .setCompression("gzip")
                .build();
        var resource = Resource.getDefault().toBuilder()
                .put("service.name", config.serviceName())
                .put(
                        "service.version",
                        settings.getOptionalValue("quarkus.application.version", String.class)
                                .orElse("unknown"))
                .put("service.instance.id", UUID.randomUUID().toString())
                .build();
        return SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.sampling())))
                .addSpanProcessor(
                        BatchSpanProcessor.builder(new ReportedExport(exporter)).build())
                .build();
    }

    /** Whether an exporter is configured. */
    boolean isOn() {
        return provider != null;
    }

    /**
     * Whether a span may be recorded. Without an exporter none is, and with {@code gateway.tracing.sampling=0} only one that continues
     * a trace; such a gateway does nothing for all others.
     *
     * @param continues whether the span continues a trace of a caller or a publisher
     */
    boolean mayRecord(boolean continues) {
        return provider != null && (startsTraces || continues);
    }

    Tracer tracer() {
        return tracer;
    }

    /** The context in the values of a carrier; the root if there is none, or if it is not valid. */
    static Context extract(Map<String, String> carrier) {
        return carrier.containsKey(TRACEPARENT) ? W3C.extract(Context.root(), carrier, FROM_MAP) : Context.root();
    }

    static <C> Context extract(C carrier, TextMapGetter<C> getter) {
        return W3C.extract(Context.root(), carrier, getter);
    }

    static <C> void inject(Span span, C carrier, TextMapSetter<C> setter) {
        W3C.inject(Context.root().with(span), carrier, setter);
    }

    /** Exports the spans that wait, and makes no more. Returns within the limit; spans that are not exported by then are lost. */
    public void stop(Duration limit) {
        if (provider != null) {
            CompletableResultCode stopped = provider.shutdown();
            stopped.join(limit.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
