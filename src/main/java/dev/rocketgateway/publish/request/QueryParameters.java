package dev.rocketgateway.publish.request;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Decodes the query of a request, with case-sensitive names: the server's own parameters do not distinguish {@code property.a} and
 * {@code property.A}. The syntax was checked before.
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
