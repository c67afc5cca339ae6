package dev.rocketgateway.webhook.credentials;

import dev.rocketgateway.webhook.HeaderFields;
import dev.rocketgateway.webhook.Secret;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookAuth;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Adds the gateway's credentials for an endpoint to the headers of a webhook. */
public final class Authorization {

    private static final String HEADER = "Authorization";

    private Authorization() {}

    /** Adds all credentials except OAuth2, whose token must be fetched first. */
    public static void put(WebhookAuth auth, MultiMap headers) throws SecretUnavailableException {
        if (auth instanceof WebhookAuth.Basic basic) {
            headers.set(HEADER, basic(basic.username(), text(basic.password(), "password")));
        } else if (auth instanceof WebhookAuth.Bearer bearer) {
            putToken(value(bearer.token(), "token"), headers);
        } else if (auth instanceof WebhookAuth.ApiKey apiKey) {
            headers.set(apiKey.header(), value(apiKey.key(), "API key"));
        }
    }

    public static void putToken(String token, MultiMap headers) {
        headers.set(HEADER, "Bearer " + token);
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
        if (!HeaderFields.isValue(value)) {
            throw new SecretUnavailableException("the %s has characters that a header cannot contain".formatted(what));
        }
        return value;
    }
}
