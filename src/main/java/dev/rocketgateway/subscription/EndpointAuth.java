package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Faults;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Credentials with which the gateway authenticates to an endpoint, in addition to signatures and a TLS client certificate. */
public sealed interface EndpointAuth {

    /** Name of the document field that sets {@link OAuth2#tokenUrl}. */
    String TOKEN_URL_FIELD = "endpoint.auth.tokenUrl";

    /** Calls the method of {@code cases} for this type and returns its result. */
    <R> R match(Cases<R> cases);

    /** The secrets of these credentials, by the name of the document field that sets the secret. */
    Map<String, SecretText> secrets();

    /** Returns a copy in which every secret is replaced. */
    EndpointAuth withSecrets(UnaryOperator<SecretText> replacement);

    /** The name of the header that carries the credentials, in lower case; empty if no header does. */
    Optional<String> header();

    /**
     * The URLs that the gateway calls to get credentials, by the name of the document field that sets the URL. The target policy
     * applies to these URLs too.
     */
    default Map<String, URI> urls() {
        return Map.of();
    }

    /**
     * Visitor with one method for each type. A new type needs a new method, so every visitor stops compiling until it handles the
     * new type.
     *
     * @param <R> type of the result of each method
     */
    interface Cases<R> {

        R none();

        R basic(Basic basic);

        R bearer(Bearer bearer);

        R apiKey(ApiKey key);

        R oAuth2(OAuth2 client);
    }

    /** Credentials in the header {@code Authorization} (RFC 9110, section 11.6.2). */
    sealed interface InAuthorization extends EndpointAuth {

        @Override
        default Optional<String> header() {
            return Optional.of("authorization");
        }
    }

    /** The gateway sends no credentials. */
    record None() implements EndpointAuth {

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.none();
        }

        @Override
        public Map<String, SecretText> secrets() {
            return Map.of();
        }

        @Override
        public EndpointAuth withSecrets(UnaryOperator<SecretText> replacement) {
            return this;
        }

        @Override
        public Optional<String> header() {
            return Optional.empty();
        }
    }

    /** User name and password (RFC 7617). */
    record Basic(String username, SecretText password) implements InAuthorization {

        public Basic {
            new Faults()
                    .require(
                            isText(username, 256) && username.indexOf(':') < 0,
                            "endpoint.auth.username",
                            "must be 1 to 256 printable characters without ':'")
                    .throwIfAny();
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.basic(this);
        }

        @Override
        public Map<String, SecretText> secrets() {
            return Map.of("endpoint.auth.password", password);
        }

        @Override
        public EndpointAuth withSecrets(UnaryOperator<SecretText> replacement) {
            return new Basic(username, replacement.apply(password));
        }
    }

    /** A token (RFC 6750). The token can be in a file that is renewed, such as the token of a Kubernetes service account. */
    record Bearer(SecretText token) implements InAuthorization {

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.bearer(this);
        }

        @Override
        public Map<String, SecretText> secrets() {
            return Map.of("endpoint.auth.token", token);
        }

        @Override
        public EndpointAuth withSecrets(UnaryOperator<SecretText> replacement) {
            return new Bearer(replacement.apply(token));
        }
    }

    /**
     * A key in a header whose name depends on the endpoint.
     *
     * @param name name of the header
     */
    record ApiKey(String name, SecretText key) implements EndpointAuth {

        public ApiKey {
            new Faults()
                    .check("endpoint.auth.header", EndpointHeaders.faultOfName(name))
                    .throwIfAny();
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.apiKey(this);
        }

        @Override
        public Map<String, SecretText> secrets() {
            return Map.of("endpoint.auth.key", key);
        }

        @Override
        public EndpointAuth withSecrets(UnaryOperator<SecretText> replacement) {
            return new ApiKey(name, replacement.apply(key));
        }

        @Override
        public Optional<String> header() {
            return Optional.of(name.toLowerCase(Locale.ROOT));
        }
    }

    /** A token that the gateway gets from a token server with client credentials (RFC 6749, section 4.4). */
    record OAuth2(
            URI tokenUrl, String clientId, SecretText clientSecret, Optional<String> scope, Optional<String> audience)
            implements InAuthorization {

        public OAuth2 {
            new Faults()
                    .check(TOKEN_URL_FIELD, EndpointUrl.faultOf(tokenUrl))
                    .require(isText(clientId, 256), "endpoint.auth.clientId", "must be 1 to 256 printable characters")
                    .require(
                            scope.isEmpty() || isText(scope.get(), 1000),
                            "endpoint.auth.scope",
                            "must be 1 to 1000 printable characters")
                    .require(
                            audience.isEmpty() || isText(audience.get(), 1000),
                            "endpoint.auth.audience",
                            "must be 1 to 1000 printable characters")
                    .throwIfAny();
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.oAuth2(this);
        }

        @Override
        public Map<String, SecretText> secrets() {
            return Map.of("endpoint.auth.clientSecret", clientSecret);
        }

        @Override
        public EndpointAuth withSecrets(UnaryOperator<SecretText> replacement) {
            return new OAuth2(tokenUrl, clientId, replacement.apply(clientSecret), scope, audience);
        }

        @Override
        public Map<String, URI> urls() {
            return Map.of(TOKEN_URL_FIELD, tokenUrl);
        }
    }

    private static boolean isText(String text, int most) {
        return !text.isEmpty() && text.length() <= most && text.chars().noneMatch(Character::isISOControl);
    }
}
