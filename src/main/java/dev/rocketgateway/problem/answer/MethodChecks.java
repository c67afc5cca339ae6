package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Arrays;

/**
 * Answers OPTIONS, and refuses methods that a path does not support, using {@link AllowedMethods} only.
 *
 * <p>Without this class, the REST layer would list the methods of all paths of a resource class. For methods other than POST, it
 * would read {@code /subscriptions/a:pause} as a subscription named {@code a:pause}. The platform's pages would accept every
 * method.
 *
 * <p>Runs on the event loop.
 */
@ApplicationScoped
class MethodChecks {

    /** Runs after the CORS filter of Quarkus. If an operator configures CORS, that filter answers OPTIONS itself. */
    private static final int AFTER_CORS = 100;

    private static final int NO_CONTENT = 204;
    private static final String PLATFORM = "/q/";

    private final AllowedMethods allowedMethods;
    private final ApiPaths paths;

    MethodChecks(AllowedMethods allowedMethods, ApiPaths paths) {
        this.paths = paths;
        this.allowedMethods = allowedMethods;
    }

    /**
     * Answers OPTIONS, and checks the platform's paths. This needs a filter, because the platform's routes come before all other
     * routes.
     */
    void register(@Observes Filters filters) {
        filters.register(
                context -> {
                    if (context.request().method().equals(HttpMethod.OPTIONS)) {
                        options(context);
                    } else if (context.request().path().startsWith(PLATFORM)) {
                        check(context);
                    } else {
                        context.next();
                    }
                },
                AFTER_CORS);
    }

    /**
     * Checks all other paths in a route. The route that publishes messages comes before this route and checks the method itself.
     */
    void register(@Observes Router router) {
        router.route().order(RouteConstants.ROUTE_ORDER_AFTER_DEFAULT - 1).handler(this::check);
    }

    private void options(RoutingContext context) {
        var path = context.request().path();
        var allowed = allowedMethods.at(path);
        if (allowed.isPresent()) {
            context.response()
                    .putHeader(HttpHeaders.ALLOW, allowed.get())
                    .setStatusCode(NO_CONTENT)
                    .end();
        } else if (path.startsWith(PLATFORM)) {
            context.next();
        } else {
            ProblemAnswers.fail(context, GatewayException.of(ProblemType.NOT_FOUND, paths.nothingAt(path)));
        }
    }

    private void check(RoutingContext context) {
        var request = context.request();
        var allowed = allowedMethods.at(request.path());
        if (allowed.isEmpty()
                || Arrays.asList(allowed.get().split(", "))
                        .contains(request.method().name())) {
            context.next();
        } else {
            context.response().putHeader(HttpHeaders.ALLOW, allowed.get());
            ProblemAnswers.fail(
                    context,
                    GatewayException.of(
                            ProblemType.METHOD_NOT_ALLOWED,
                            paths.notAllowed(request.method().name(), request.path())));
        }
    }
}
