package dev.rocketgateway.problem.answer;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Gives every request its id: the caller's {@code X-Request-Id}, else the trace id of its {@code traceparent} (W3C Trace Context),
 * else a new one. The id is in the response's {@code X-Request-Id}, in problem documents, and in the log.
 *
 * <p>Runs on the event loop, before all filters except those that check the request, decode its path, or begin its trace. A request
 * that is refused earlier gets its id when its problem document is made.
 */
@ApplicationScoped
class RequestIds {

    private static final CharSequence HEADER = HttpHeaders.createOptimized("X-Request-Id");
    private static final CharSequence TRACEPARENT_HEADER = HttpHeaders.createOptimized("traceparent");

    private static final String KEY = "requestId";
    private static final int FIRST = 1000;

    /** The ids that callers may send. Other characters would let a caller inject text into logs and headers. */
    private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");

    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    void register(@Observes Filters filters) {
        filters.register(RequestIds::identify, FIRST);
    }

    /** The id of the request. */
    static String of(RoutingContext context) {
        String known = context.get(KEY);
        return known == null ? assign(context) : known;
    }

    private static void identify(RoutingContext context) {
        MDC.put(KEY, of(context));
        context.next();
    }

    private static String assign(RoutingContext context) {
        var headers = context.request().headers();
        String id = choose(headers.get(HEADER), headers.get(TRACEPARENT_HEADER));
        context.put(KEY, id);
        context.response().putHeader(HEADER, id);
        return id;
    }

    static String choose(@Nullable String requestId, @Nullable String traceparent) {
        if (requestId != null && ACCEPTED.matcher(requestId).matches()) {
            return requestId;
        }
        if (traceparent != null) {
            var matcher = TRACEPARENT.matcher(traceparent);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        var random = ThreadLocalRandom.current();
        var hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
