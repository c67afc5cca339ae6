package dev.rocketgateway.subscription.document;

import static dev.rocketgateway.subscription.document.Field.Type.BOOLEAN;

import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of the endpoint, as strings; part of {@link SubscriptionsConfig}. */
public interface EndpointConfig {

    /** URL to which each message is sent; `http` or `https`. */
    @Field(required = true)
    Optional<String> url();

    /** HTTP method of webhooks: `POST` or `PUT`. */
    @WithDefault("POST")
    Optional<String> method();

    /**
     * Whether to offer HTTP/2 to an `https` endpoint, which then chooses HTTP/2 or HTTP/1.1. Many webhooks then share a
     * connection, and a balancer that distributes connections gives them all to one pod.
     */
    @Field(BOOLEAN)
    @WithDefault("false")
    Optional<String> http2();

    /**
     * Additional headers of each webhook, at most 32 with 8 KiB. The headers of HTTP itself and `webhook-*`, `ce-*` and
     * `rocketmq-*` are not allowed.
     */
    Map<String, String> headers();

    /**
     * Longest time to connect, 100ms to 10s, within `timeout`. Too low: connections to distant endpoints fail. Too high: a
     * dead endpoint is noticed late.
     */
    @WithDefault("2s")
    Optional<String> connectTimeout();

    /**
     * Longest time for a whole webhook, including connecting, 100ms to 30s. Too low: a slow endpoint gets messages again
     * that it has already processed. Too high: a hanging endpoint holds messages for long.
     */
    @WithDefault("10s")
    Optional<String> timeout();

    /** TLS settings. */
    TlsConfig tls();

    /** Credentials of the gateway for the endpoint. */
    AuthConfig auth();

    /** Signatures of webhooks. */
    SigningConfig signing();

    /** How the gateway verifies the endpoint's certificate, and which certificate it presents. */
    interface TlsConfig {

        /**
         * File below `gateway.store.secrets-directory` with the certificates to trust, in PEM, instead of those of the
         * JVM.
         */
        Optional<String> caRef();

        /**
         * Directory below `gateway.store.secrets-directory` with the client certificate, in `tls.crt` and `tls.key` as
         * in a Kubernetes TLS secret.
         */
        Optional<String> clientCertRef();

        /** Name that the certificate must have, instead of the host of the URL. */
        Optional<String> serverName();

        /** Whether to accept any certificate, even an attacker's. */
        @Field(BOOLEAN)
        @WithDefault("false")
        Optional<String> insecureSkipVerify();
    }

    /** How the gateway authenticates itself to the endpoint. */
    interface AuthConfig {

        /**
         * Type of authentication: `NONE`, `BASIC`, `BEARER`, `API_KEY`, `OAUTH2_CLIENT_CREDENTIALS` or `SERVICE_ACCOUNT_TOKEN`.
         */
        @WithDefault("NONE")
        Optional<String> type();

        /** User name for `BASIC`. */
        Optional<String> username();

        /** Password for `BASIC`. Never shown. */
        Optional<String> password();

        /** File below `gateway.store.secrets-directory` with the password. */
        Optional<String> passwordRef();

        /** Token for `BEARER`. Never shown. */
        Optional<String> token();

        /** File with the token; for `SERVICE_ACCOUNT_TOKEN`, the file of a projected volume. */
        Optional<String> tokenRef();

        /** Header that carries the key, for `API_KEY`. */
        Optional<String> header();

        /** Key for `API_KEY`. Never shown. */
        Optional<String> key();

        /** File with the key. */
        Optional<String> keyRef();

        /** URL of the token server, for `OAUTH2_CLIENT_CREDENTIALS`. */
        Optional<String> tokenUrl();

        /** Client id, for `OAUTH2_CLIENT_CREDENTIALS`. */
        Optional<String> clientId();

        /** Client secret, for `OAUTH2_CLIENT_CREDENTIALS`. Never shown. */
        Optional<String> clientSecret();

        /** File with the client's secret. */
        Optional<String> clientSecretRef();

        /** Scope of the token to request, for `OAUTH2_CLIENT_CREDENTIALS`. */
        Optional<String> scope();

        /** Audience of the token to request, for `OAUTH2_CLIENT_CREDENTIALS`. */
        Optional<String> audience();
    }

    /** How the gateway signs webhooks. */
    interface SigningConfig {

        /**
         * Type of signature: `NONE`, `HMAC_SHA256` or `ED25519`. Default `NONE` in the configuration, `HMAC_SHA256` with a new key
         * through the API.
         */
        Optional<String> type();

        /** Signing keys. Each key that has not expired signs. */
        List<KeyConfig> keys();
    }

    /** A signing key. */
    interface KeyConfig {

        /**
         * Id of the key, unique in the subscription, which has at most five keys. If not set, `k1`, `k2`, … by their
         * order.
         */
        Optional<String> id();

        /**
         * Secret of the key: `whsec_` and the Base64 of 24 to 64 bytes, or `whsk_` and the Base64 of 64 bytes for
         * `ED25519`. Never logged and never returned.
         */
        Optional<String> secret();

        /** File with the secret. */
        Optional<String> secretRef();

        /** Time when the key expires and stops signing, in RFC 3339. */
        Optional<String> notAfter();
    }
}
