package dev.rocketgateway.publish;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The query of a request, decoded; the server's own parameters do not tell {@code property.a} from {@code property.A}. */
final class QueryParameters {

    private static final int MAX_PARAMETERS = 65_536;

    /** What the decoder makes of bytes that are not UTF-8, and how a caller writes it who means it. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Pattern ENCODED_REPLACEMENT = Pattern.compile("%EF%BF%BD", Pattern.CASE_INSENSITIVE);

    private QueryParameters() {}

    /**
     * @throws GatewayException {@code invalid-request} if it is not UTF-8
     */
    static Map<String, List<String>> of(HttpServerRequest request) {
        var query = request.query();
        if (query == null) {
            return Map.of();
        }
        var parameters =
                new QueryStringDecoder(query, StandardCharsets.UTF_8, false, MAX_PARAMETERS, true).parameters();
        // Without a percent sign nothing was decoded.
        if (query.indexOf('%') >= 0
                && parameters.toString().indexOf(REPLACEMENT) >= 0
                && !ENCODED_REPLACEMENT.matcher(query).find()) {
            throw GatewayException.of(ProblemType.INVALID_REQUEST, "The query is not percent-encoded UTF-8.");
        }
        return parameters;
    }
}
