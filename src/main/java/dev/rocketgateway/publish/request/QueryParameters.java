package dev.rocketgateway.publish.request;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The query of a request, decoded; the server's own parameters do not tell {@code property.a} from {@code property.A}. Its syntax has
 * been checked before.
 */
public final class QueryParameters {

    private static final int MAX_PARAMETERS = 65_536;

    private QueryParameters() {}

    public static Map<String, List<String>> of(HttpServerRequest request) {
        var query = request.query();
        if (query == null) {
            return Map.of();
        }
        return new QueryStringDecoder(query, StandardCharsets.UTF_8, false, MAX_PARAMETERS, true).parameters();
    }
}
