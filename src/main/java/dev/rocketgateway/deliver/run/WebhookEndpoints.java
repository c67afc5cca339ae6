package dev.rocketgateway.deliver.run;

import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.MissingSecretException;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Secrets;
import dev.rocketgateway.webhook.Secret;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.SigningKey;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookTls;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Translates a subscription's endpoint into a webhook endpoint. Secrets are read when they are needed; secrets in files are read
 * each time. Thread-safe.
 */
@ApplicationScoped
class WebhookEndpoints {

    private final Secrets secrets;

    WebhookEndpoints(Secrets secrets) {
        this.secrets = secrets;
    }

    WebhookEndpoint of(Endpoint endpoint) {
        return new WebhookEndpoint(
                endpoint.url(),
                switch (endpoint.method()) {
                    case POST -> WebhookEndpoint.Method.POST;
                    case PUT -> WebhookEndpoint.Method.PUT;
                },
                endpoint.http2(),
                endpoint.headers(),
                endpoint.connectTimeout(),
                endpoint.timeout(),
                tls(endpoint.tls()),
                auth(endpoint.auth()),
                keys(endpoint.signing()));
    }

    private WebhookTls tls(Endpoint.Tls tls) {
        return new WebhookTls(
                tls.ca().map(this::secret),
                tls.clientCertificate()
                        .map(certificate -> new WebhookTls.ClientCertificate(
                                secret(certificate), secret(tls.clientKey().orElseThrow()))),
                tls.serverName(),
                tls.insecureSkipVerify());
    }

    private WebhookAuth auth(EndpointAuth auth) {
        return auth.match(new EndpointAuth.Cases<WebhookAuth>() {
            @Override
            public WebhookAuth none() {
                return new WebhookAuth.None();
            }

            @Override
            public WebhookAuth basic(EndpointAuth.Basic basic) {
                return new WebhookAuth.Basic(basic.username(), secret(basic.password()));
            }

            @Override
            public WebhookAuth bearer(EndpointAuth.Bearer bearer) {
                return new WebhookAuth.Bearer(secret(bearer.token()));
            }

            @Override
            public WebhookAuth apiKey(EndpointAuth.ApiKey key) {
                return new WebhookAuth.ApiKey(key.name(), secret(key.key()));
            }

            @Override
            public WebhookAuth oAuth2(EndpointAuth.OAuth2 client) {
                return new WebhookAuth.OAuth2(
                        client.tokenUrl(),
                        client.clientId(),
                        secret(client.clientSecret()),
                        client.scope(),
                        client.audience());
            }
        });
    }

    private List<SigningKey> keys(Endpoint.Signing signing) {
        return signing.keys().stream()
                .map(key -> new SigningKey(
                        key.id(),
                        signing.type() == Endpoint.Signing.Type.ED25519
                                ? SigningKey.Algorithm.ED25519
                                : SigningKey.Algorithm.HMAC_SHA256,
                        secret(key.secret()),
                        key.notAfter()))
                .toList();
    }

    private Secret secret(SecretText text) {
        return text instanceof SecretText.Reference ? () -> read(text) : new Opened(() -> read(text));
    }

    private String read(SecretText text) throws SecretUnavailableException {
        try {
            return secrets.value(text);
        } catch (MissingSecretException e) {
            throw new SecretUnavailableException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Keeps the value of a secret that is not in a file, because it never changes. Decrypting it each time was 7 % of the work of a
     * webhook.
     */
    private static final class Opened implements Secret {

        private final Secret closed;
        private volatile @Nullable String value;

        Opened(Secret closed) {
            this.closed = closed;
        }

        @Override
        public String value() throws SecretUnavailableException {
            var known = value;
            if (known == null) {
                known = closed.value();
                value = known;
            }
            return known;
        }

        @Override
        public boolean readsFile() {
            return false;
        }
    }
}
