package dev.rocketgateway.subscription.secret;

import dev.rocketgateway.subscription.Endpoint.Auth;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Finds and replaces the secrets of a subscription: its credentials and signing keys. */
final class SecretsOf {

    private SecretsOf() {}

    static List<SecretText> all(Subscription subscription) {
        var all = new ArrayList<SecretText>();
        replaced(subscription, secret -> {
            all.add(secret);
            return secret;
        });
        return all;
    }

    /** Returns a copy of the subscription in which each secret is replaced. */
    static Subscription replaced(Subscription subscription, UnaryOperator<SecretText> other) {
        var endpoint = subscription.endpoint();
        return subscription.with(endpoint.with(
                replaced(endpoint.auth(), other),
                new Signing(
                        endpoint.signing().type(),
                        endpoint.signing().keys().stream()
                                .map(key -> new Signing.Key(key.id(), other.apply(key.secret()), key.notAfter()))
                                .toList())));
    }

    private static Auth replaced(Auth auth, UnaryOperator<SecretText> other) {
        if (auth instanceof Auth.Basic basic) {
            return new Auth.Basic(basic.username(), other.apply(basic.password()));
        }
        if (auth instanceof Auth.Bearer bearer) {
            return new Auth.Bearer(other.apply(bearer.token()));
        }
        if (auth instanceof Auth.ApiKey key) {
            return new Auth.ApiKey(key.header(), other.apply(key.key()));
        }
        if (auth instanceof Auth.OAuth2 client) {
            return new Auth.OAuth2(
                    client.tokenUrl(),
                    client.clientId(),
                    other.apply(client.clientSecret()),
                    client.scope(),
                    client.audience());
        }
        return auth;
    }
}
