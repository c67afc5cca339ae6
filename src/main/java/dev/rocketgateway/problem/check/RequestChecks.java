package dev.rocketgateway.problem.check;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.answer.ApiPaths;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.problem.framing.NoSniffing;
import dev.rocketgateway.problem.framing.RequestReading;
import dev.rocketgateway.problem.framing.RequestTarget;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.stream.Stream;

/**
 * Refuses requests that two readers could understand differently, on every path and before every other filter.
 *
 * <p>Runs on the event loop.
 */
@ApplicationScoped
public class RequestChecks {

    private static final int FIRST = 1200;

    /** Maximum number of errors in one response, because people read the list. */
    private static final int MAX_ERRORS = 100;

    private final ApiPaths paths;

    RequestChecks(ApiPaths paths) {
        this.paths = paths;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, FIRST);
    }

    private void check(RoutingContext context) {
        var request = context.request();
        boolean http2 = request.version() == HttpVersion.HTTP_2;
        if (http2) {
            NoSniffing.mark(context.response());
        }
        var ambiguous = http2 ? RequestTarget.malformed(request.uri()) : RequestReading.begin(request.decoderResult());
        if (ambiguous != null) {
            ProblemAnswers.fail(context, GatewayException.invalid(List.of(ambiguous)));
            return;
        }
        if (request.decoderResult() instanceof RequestReading reading) {
            // The reader of the body replaces this handler.
            request.exceptionHandler(broken -> reading.missed());
        }
        var errors = RepeatedHeaders.merge(request.headers());
        var path = PathSyntax.fault(request.path(), paths::withNames);
        var query = QuerySyntax.faults(request.query());
        if (path != null || !query.isEmpty() || !errors.isEmpty()) {
            var all = Stream.of(Stream.ofNullable(path), query.stream(), errors.stream())
                    .flatMap(faults -> faults)
                    .distinct()
                    .limit(MAX_ERRORS)
                    .toList();
            ProblemAnswers.fail(context, GatewayException.invalid(all));
        } else {
            context.next();
        }
    }
}
