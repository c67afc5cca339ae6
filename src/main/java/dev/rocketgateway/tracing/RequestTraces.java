package dev.rocketgateway.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * The spans of requests of callers: {@code SERVER}, from the head of the request to the end of the response. A request with a valid
 * {@code traceparent} continues the trace of its caller.
 *
 * <p>Runs on the event loop. Without tracing, does nothing.
 */
@ApplicationScoped
public class RequestTraces {

    private static final String KEY = "tracing.context";
    private static final String TRACE_ID = "traceId";

    /** Before the filter that gives the request its id. */
    private static final int FIRST = 1100;

    private static final TextMapGetter<HttpServerRequest> FROM_REQUEST = new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // still abstract
        public Iterable<String> keys(HttpServerRequest carrier) {
            return carrier.headers().names();
        }

        @Override
        public @Nullable String get(@Nullable HttpServerRequest carrier, String key) {
            return carrier == null ? null : carrier.getHeader(key);
        }
    };

    private final Tracing tracing;
    private final RouteNames routes;

    RequestTraces(Tracing tracing, RouteNames routes) {
        this.tracing = tracing;
        this.routes = routes;
    }

    void register(@Observes Filters filters) {
        if (tracing.isOn()) {
            filters.register(this::begin, FIRST);
        }
    }

    /** The context of the span of the request; the root without one. */
    public static Context of(RoutingContext context) {
        Context known = context.get(KEY);
        return known == null ? Context.root() : known;
    }

    private void begin(RoutingContext context) {
        var request = context.request();
        if (!tracing.mayRecord(request.headers().contains(Tracing.TRACEPARENT))) {
            context.next();
            return;
        }
        var method = request.method().name();
        var span = tracing.tracer()
                .spanBuilder(method)
                .setSpanKind(SpanKind.SERVER)
                .setParent(Tracing.extract(request, FROM_REQUEST))
                .startSpan();
        context.put(KEY, Context.root().with(span));
        MDC.put(TRACE_ID, span.getSpanContext().getTraceId());
        if (span.isRecording()) {
            context.addEndHandler(ended -> end(context, method, span));
        }
        context.next();
    }

    private void end(RoutingContext context, String method, Span span) {
        var request = context.request();
        int status = context.response().getStatusCode();
        span.setAttribute(MessagingAttributes.METHOD, method);
        span.setAttribute(MessagingAttributes.PATH, request.path());
        span.setAttribute(MessagingAttributes.SCHEME, request.isSSL() ? "https" : "http");
        span.setAttribute(MessagingAttributes.STATUS, (long) status);
        routes.route(method, request.path()).ifPresent(route -> {
            span.updateName(method + " " + route);
            span.setAttribute(MessagingAttributes.ROUTE, route);
        });
        if (status >= 500) {
            span.setAttribute(MessagingAttributes.ERROR_TYPE, String.valueOf(status));
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
