package dev.rocketgateway;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.regex.Pattern;

/**
 * Decodes {@code %3A} in paths, so that {@code messages%3Abatch} is read as {@code messages:batch}. Many clients encode every
 * segment of a path, and both spellings are the same path (RFC 3986, sections 2.2 and 3.3). Runs on the event loop, before all
 * other handlers of the gateway except the checks of the request.
 */
@ApplicationScoped
class EncodedColons {

    private static final int BEFORE_ALL_OTHERS = 1100;
    private static final Pattern ENCODED_COLON = Pattern.compile("%3A", Pattern.CASE_INSENSITIVE);

    void register(@Observes Filters filters) {
        filters.register(EncodedColons::decode, BEFORE_ALL_OTHERS);
    }

    private static void decode(RoutingContext context) {
        var path = context.request().path();
        var query = context.request().query();
        if (path.indexOf('%') >= 0 && ENCODED_COLON.matcher(path).find()) {
            context.reroute(ENCODED_COLON.matcher(path).replaceAll(":") + (query == null ? "" : "?" + query));
        } else {
            context.next();
        }
    }
}
