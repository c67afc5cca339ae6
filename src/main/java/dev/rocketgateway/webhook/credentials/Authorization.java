package dev.rocketgateway.webhook.credentials;

import dev.rocketgateway.message.HeaderSyntax;
import dev.rocketgateway.webhook.Secret;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookAuth;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Writes the credentials for an endpoint into the headers of a webhook. */
public final class Authorization {

    private static final String HEADER = "Authorization";
    private static final String BEARER = "Bearer ";

    private Authorization() {}

    /**
     * Sets the header with the credentials. Sets none for OAuth2, because its token must be fetched first.
     *
     * @throws SecretUnavailableException if a secret is missing, or has characters that a header cannot contain
     */
    public static void put(WebhookAuth auth, MultiMap headers) throws SecretUnavailableException {
        auth.match(new Header()).ifPresent(header -> headers.set(header.getKey(), header.getValue()));
    }

    private static final class Header
            implements WebhookAuth.Cases<Optional<Map.Entry<String, String>>, SecretUnavailableException> {

        @Override
        public Optional<Map.Entry<String, String>> none() {
            return Optional.empty();
        }

        @Override
        public Optional<Map.Entry<String, String>> basic(WebhookAuth.Basic basic) throws SecretUnavailableException {
            return Optional.of(
                    Map.entry(HEADER, Authorization.basic(basic.username(), text(basic.password(), "password"))));
        }

        @Override
        public Optional<Map.Entry<String, String>> bearer(WebhookAuth.Bearer bearer) throws SecretUnavailableException {
            return Optional.of(Map.entry(HEADER, BEARER + value(bearer.token(), "token")));
        }

        @Override
        public Optional<Map.Entry<String, String>> apiKey(WebhookAuth.ApiKey key) throws SecretUnavailableException {
            return Optional.of(Map.entry(key.header(), value(key.key(), "API key")));
        }

        @Override
        public Optional<Map.Entry<String, String>> oAuth2(WebhookAuth.OAuth2 client) {
            return Optional.empty();
        }
    }

    public static void putToken(String token, MultiMap headers) {
        headers.set(HEADER, BEARER + token);
    }

    static String basic(String user, String password) {
        var pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** The secret without the line break at the end of a file. */
    static String text(Secret secret, String what) throws SecretUnavailableException {
        var text = secret.value().replaceAll("[\\r\\n]+\\z", "");
        if (text.isEmpty()) {
            throw new SecretUnavailableException("the %s is empty".formatted(what));
        }
        return text;
    }

    private static String value(Secret secret, String what) throws SecretUnavailableException {
        var value = text(secret, what);
        if (!HeaderSyntax.isValue(value)) {
            throw new SecretUnavailableException("the %s has characters that a header cannot contain".formatted(what));
        }
        return value;
    }
}
