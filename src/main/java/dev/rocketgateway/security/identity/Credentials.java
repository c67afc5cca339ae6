package dev.rocketgateway.security.identity;

import io.vertx.core.MultiMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The credentials in the headers of a request.
 *
 * @param value an API key or a token; {@link #toString} does not show it
 */
record Credentials(String value) {

    private static final String API_KEY_HEADER = "X-API-Key";
    private static final String SCHEME = "Bearer ";

    /**
     * Finds the credentials in the headers of a request.
     *
     * @return the credentials; empty if the request has none
     * @throws InvalidCredentialsException if the request has two credentials, or credentials of a kind that is not supported
     */
    static Optional<Credentials> in(MultiMap headers) throws InvalidCredentialsException {
        @Nullable String authorization = headers.get("Authorization");
        @Nullable String apiKey = headers.get(API_KEY_HEADER);
        if (authorization == null && apiKey == null) {
            return Optional.empty();
        }
        if (authorization != null && apiKey != null) {
            throw new InvalidCredentialsException(
                    "the request has the headers Authorization and X-API-Key; send one of them");
        }
        if (apiKey != null) {
            if (!apiKey.startsWith(ApiKey.PREFIX)) {
                throw new InvalidCredentialsException(
                        "the header X-API-Key has no API key of this gateway; a key begins with gwk_");
            }
            return Optional.of(new Credentials(apiKey));
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                || authorization.length() == SCHEME.length()) {
            throw new InvalidCredentialsException(
                    "the header Authorization must be Bearer, a space, and an API key or a token");
        }
        return Optional.of(
                new Credentials(authorization.substring(SCHEME.length()).strip()));
    }

    boolean isApiKey() {
        return value.startsWith(ApiKey.PREFIX);
    }

    @Override
    public String toString() {
        return "Credentials[redacted]";
    }
}
