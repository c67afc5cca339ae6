package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;

/**
 * Logs requests that get a problem as their response. A bug is logged once, as an error with its stack trace. Every other problem
 * is logged at DEBUG, because the response already explains it.
 */
final class ProblemLog {

    private static final Logger LOG = Logger.getLogger(ProblemLog.class);

    private ProblemLog() {}

    /** Logs a problem that the caller gets. */
    static void answered(GatewayException e, RoutingContext context) {
        if (e.type() == ProblemType.INTERNAL) {
            bug(e, context);
        } else {
            LOG.debugf(
                    e.getCause(),
                    "answered with a problem code=%s detail=%s",
                    e.type().code(),
                    e.detail());
        }
    }

    /** Logs a bug with its details, which the response does not contain. */
    static void bug(Throwable e, RoutingContext context) {
        LOG.errorf(
                e,
                "request failed because of a bug in the gateway method=%s path=%s requestId=%s",
                context.request().method(),
                context.request().path(),
                RequestIds.of(context));
    }
}
