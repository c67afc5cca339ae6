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
 * <p>The REST layer would list the methods of all paths of a resource class, and read {@code /subscriptions/a:pause} as a
 * subscription if the method is not POST. The platform's pages would accept every method. Runs on the event loop.
 */
@ApplicationScoped
class MethodChecks {

    /** If an operator configures CORS, it answers OPTIONS itself. */
    private static final int AFTER_CORS = 100;

    private static final int NO_CONTENT = 204;
    private static final String PLATFORM = "/q/";

    private final AllowedMethods allowedMethods;
    private final ApiPaths paths;

    MethodChecks(AllowedMethods allowedMethods, ApiPaths paths) {
        this.paths = paths;
        this.allowedMethods = allowedMethods;
    }

    /** The platform's routes come before those of others. */
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

    /** The route for messages comes before and checks the method itself. */
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
