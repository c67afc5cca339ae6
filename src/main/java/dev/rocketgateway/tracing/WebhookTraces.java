package dev.rocketgateway.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.vertx.core.MultiMap;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The spans of HTTP requests to endpoints. The endpoint gets the context of the span in {@code traceparent} and {@code tracestate}.
 * A span has neither path nor query of the URL, because both can have secrets.
 *
 * <p>Thread-safe; never blocks. Without tracing, does nothing.
 */
@Singleton
public class WebhookTraces {

    private final Tracing tracing;

    WebhookTraces(Tracing tracing) {
        this.tracing = tracing;
    }

    /** Makes no spans. */
    public static WebhookTraces off() {
        return new WebhookTraces(Tracing.off());
    }

    /** The span of one request. */
    public record RequestTrace(Span span) {

        private static final RequestTrace NONE = new RequestTrace(Span.getInvalid());

        /**
         * Ends the span.
         *
         * @param status of the response; empty if there was none
         * @param error what went wrong; null if nothing did
         */
        public void end(OptionalInt status, @Nullable String error) {
            status.ifPresent(code -> span.setAttribute(MessagingAttributes.STATUS, (long) code));
            SendTrace.end(span, error);
        }
    }

    /** Returns the context in the headers of a webhook: that of its span {@code process}. */
    public Context parent(Map<String, String> headers) {
        return tracing.isOn() ? Tracing.extract(headers) : Context.root();
    }

    /**
     * Starts the span of a request.
     *
     * @param headers get the context of the span
     */
    public RequestTrace begin(String method, URI url, MultiMap headers, Context parent) {
        if (!tracing.mayRecord(Span.fromContext(parent).getSpanContext().isValid())) {
            return RequestTrace.NONE;
        }
        var builder = tracing.tracer()
                .spanBuilder(method)
                .setSpanKind(SpanKind.CLIENT)
                .setParent(parent)
                .setAttribute(MessagingAttributes.METHOD, method);
        if (url.getHost() != null) {
            builder.setAttribute(MessagingAttributes.SERVER, url.getHost());
        }
        if (url.getPort() > 0) {
            builder.setAttribute(MessagingAttributes.SERVER_PORT, (long) url.getPort());
        }
        var span = builder.startSpan();
        Tracing.inject(span, headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.set(name, value);
            }
        });
        return new RequestTrace(span);
    }
}
