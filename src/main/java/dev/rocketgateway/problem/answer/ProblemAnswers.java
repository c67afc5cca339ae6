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
 * Sends problem documents outside of the REST layer: for unknown paths, for requests that the HTTP server refuses, and for requests
 * during the stop.
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

    /** Refuses every new request from now on with 503 {@code shutting-down}, and closes its connection. */
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
        if (stopping.get()) {
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
     * Sends the problem for an exception and logs it, like {@link ProblemMappers} in the REST layer.
     *
     * @param thrown any exception; if a stage has wrapped it, its cause counts
     */
    public static void fail(RoutingContext context, Throwable thrown) {
        var cause = Causes.of(thrown);
        if (cause instanceof GatewayException problem) {
            ProblemLog.answered(problem, context);
            send(context, problem);
        } else {
            ProblemLog.bug(cause, context);
            send(context, bug());
        }
    }

    /** Sends the problem document. Does nothing if the response was sent already. */
    public static void send(RoutingContext context, GatewayException e) {
        var response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        e.challenge().ifPresent(challenge -> response.putHeader("WWW-Authenticate", challenge));
        e.retryAfter().ifPresent(seconds -> response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(seconds)));
        response.setStatusCode(e.type().status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(Json.encodeToBuffer(document(context, e)));
    }

    /** The problem document for a request. Used for responses that contain several problem documents. */
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
