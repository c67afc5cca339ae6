package dev.rocketgateway.problem;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Refuses requests that two readers could understand differently, on every path and before every other filter.
 *
 * <p>Runs on the event loop.
 */
@ApplicationScoped
class RequestChecks {

    private static final int FIRST = 1200;

    void register(@Observes Filters filters) {
        filters.register(RequestChecks::check, FIRST);
    }

    private static void check(RoutingContext context) {
        var request = context.request();
        var ambiguous = request.version() == HttpVersion.HTTP_2
                ? RequestTarget.malformed(request.uri())
                : RequestReading.begin(request.decoderResult());
        if (ambiguous != null) {
            ProblemAnswers.fail(context, GatewayException.of(ProblemType.INVALID_REQUEST, ambiguous));
            return;
        }
        if (request.decoderResult() instanceof RequestReading reading) {
            // Whoever reads the body replaces the handler.
            request.exceptionHandler(broken -> reading.missed());
        }
        var errors = RepeatedHeaders.merge(request.headers());
        var pathFault = PathSyntax.fault(request.path());
        var fault = pathFault != null ? pathFault : QuerySyntax.fault(request.query());
        if (fault != null) {
            ProblemAnswers.fail(context, GatewayException.invalid(List.of(fault)));
        } else if (!errors.isEmpty()) {
            ProblemAnswers.fail(context, GatewayException.invalid(errors));
        } else {
            context.next();
        }
    }
}
