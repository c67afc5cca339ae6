package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.problem.ProblemType;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Problem documents where the REST layer is not asked: paths nothing serves, requests that HTTP itself refuses, and
 * requests that arrive while the service stops.
 *
 * <p>Called on the event loop.
 */
@ApplicationScoped
public class ProblemAnswers {

    private static final int BEFORE_THE_REST_LAYER = 900;

    private final ApiPaths paths;
    private final AtomicBoolean stopping = new AtomicBoolean();

    ProblemAnswers(ApiPaths paths) {
        this.paths = paths;
    }

    /** From now on every new request is refused with 503 {@code shutting-down} and its connection closed. */
    public void refuseNewRequests() {
        stopping.set(true);
    }

    void register(@Observes Filters filters) {
        filters.register(this::refuseWhileStopping, BEFORE_THE_REST_LAYER);
    }

    void register(@Observes Router router) {
        router.route()
                .last()
                .handler(context -> send(
                        context,
                        GatewayException.of(
                                ProblemType.NOT_FOUND,
                                paths.nothingAt(context.request().path()))));
        router.errorHandler(400, context -> send(context, invalid()));
        router.errorHandler(500, context -> send(context, bug()));
    }

    private void refuseWhileStopping(RoutingContext context) {
        if (stopping.get() && !context.request().path().startsWith("/q/")) {
            if (context.request().version() != HttpVersion.HTTP_2) {
                context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
            send(
                    context,
                    GatewayException.of(ProblemType.SHUTTING_DOWN, "This replica is stopping; nothing was stored."));
        } else {
            context.next();
        }
    }

    /**
     * Answers with the problem of what was thrown, and logs it, as {@link ProblemMappers} do in the REST layer.
     *
     * @param thrown anything, as a stage fails with it
     */
    public static void fail(RoutingContext context, Throwable thrown) {
        var cause = Causes.of(thrown);
        if (cause instanceof GatewayException problem) {
            ProblemLog.told(problem, context);
            send(context, problem);
        } else {
            ProblemLog.bug(cause, context);
            send(context, bug());
        }
    }

    /** Answers with the problem, from code that has no JAX-RS response to return. */
    public static void send(RoutingContext context, GatewayException e) {
        var response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        e.retryAfter().ifPresent(seconds -> response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(seconds)));
        response.setStatusCode(e.type().status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(Json.encodeToBuffer(document(context, e)));
    }

    /** The problem document for a request, for answers that have more than one. */
    public static Problem document(RoutingContext context, GatewayException e) {
        return e.toProblem(context.request().path(), RequestIds.of(context));
    }

    static GatewayException bug() {
        return GatewayException.of(
                ProblemType.INTERNAL,
                "The gateway failed because of a bug; its log has the details under the requestId.");
    }

    private static GatewayException invalid() {
        return GatewayException.of(
                ProblemType.INVALID_REQUEST, "The request line, the path or the query is malformed.");
    }
}
