package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;

/**
 * What the log says of requests that are answered with a problem: a bug once, with its stack; what is the caller's at DEBUG,
 * because the caller has been told.
 */
final class ProblemLog {

    private static final Logger LOG = Logger.getLogger(ProblemLog.class);

    private ProblemLog() {}

    /** The caller gets this problem. */
    static void told(GatewayException e, RoutingContext context) {
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

    /** The caller is told no more than that the gateway failed. */
    static void bug(Throwable e, RoutingContext context) {
        LOG.errorf(
                e,
                "request failed because of a bug in the gateway method=%s path=%s requestId=%s",
                context.request().method(),
                context.request().path(),
                RequestIds.of(context));
    }
}
