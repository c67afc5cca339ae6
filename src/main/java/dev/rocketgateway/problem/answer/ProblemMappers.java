package dev.rocketgateway.problem.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.problem.ProblemType;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionException;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * The only exception mappers: every exception becomes a problem document.
 *
 * <p>See {@link ProblemLog} for what is logged.
 */
class ProblemMappers {

    private final AllowedMethods allowedMethods;
    private final ApiPaths paths;

    ProblemMappers(AllowedMethods allowedMethods, ApiPaths paths) {
        this.allowedMethods = allowedMethods;
        this.paths = paths;
    }

    @ServerExceptionMapper
    Response gateway(GatewayException e, RoutingContext context) {
        ProblemLog.answered(e, context);
        return answer(e, context);
    }

    @ServerExceptionMapper
    Response completion(CompletionException e, RoutingContext context) {
        return e.getCause() instanceof GatewayException cause ? gateway(cause, context) : any(e, context);
    }

    @ServerExceptionMapper
    Response json(JsonProcessingException e, RoutingContext context) {
        return gateway(
                GatewayException.causedBy(
                        e, ProblemType.MALFORMED_BODY, "The body is not the JSON that this operation expects."),
                context);
    }

    /** Maps refusals of the REST layer itself: unknown paths, wrong methods, unsupported media types. */
    @ServerExceptionMapper
    Response framework(WebApplicationException e, RoutingContext context) {
        var path = context.request().path();
        var method = context.request().method().name();
        int status = e.getResponse().getStatus();
        var problem =
                switch (status) {
                    case 404 -> GatewayException.of(ProblemType.NOT_FOUND, paths.nothingAt(path));
                    case 405 -> GatewayException.of(ProblemType.METHOD_NOT_ALLOWED, paths.notAllowed(method, path));
                    case 406 ->
                        GatewayException.of(
                                ProblemType.NOT_ACCEPTABLE,
                                paths.notGiven(method, path, context.request().getHeader(HttpHeaders.ACCEPT)));
                    case 413 -> GatewayException.of(ProblemType.MESSAGE_TOO_LARGE, "The body is too large.");
                    case 415 ->
                        GatewayException.of(
                                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                                paths.notTaken(method, path, context.request().getHeader(HttpHeaders.CONTENT_TYPE)));
                    default ->
                        status < 500
                                ? GatewayException.causedBy(e, ProblemType.INVALID_REQUEST, "The request is malformed.")
                                : null;
                };
        if (problem == null) {
            return any(e, context);
        }
        var answer = Response.fromResponse(gateway(problem, context));
        if (status == 405) {
            allowedMethods.at(path).ifPresent(methods -> answer.header(HttpHeaders.ALLOW, methods));
        }
        return answer.build();
    }

    @ServerExceptionMapper
    Response any(Throwable e, RoutingContext context) {
        ProblemLog.bug(e, context);
        return answer(ProblemAnswers.bug(), context);
    }

    private static Response answer(GatewayException e, RoutingContext context) {
        var answer = Response.status(e.type().status())
                .type(Problem.MEDIA_TYPE)
                .entity(e.toProblem(context.request().path(), RequestIds.of(context)));
        e.challenge().ifPresent(challenge -> answer.header(HttpHeaders.WWW_AUTHENTICATE, challenge));
        e.retryAfter().ifPresent(seconds -> answer.header(HttpHeaders.RETRY_AFTER, seconds));
        return answer.build();
    }
}
