package dev.rocketgateway.subscription.document;

import static dev.rocketgateway.subscription.document.Field.Type.BOOLEAN;

import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who receives, as text; part of {@link SubscriptionsConfig}. */
public interface EndpointConfig {

    /** Where each message is sent; http or https. */
    @Field(required = true)
    Optional<String> url();

    /** `POST` or `PUT`. */
    @WithDefault("POST")
    Optional<String> method();

    /** Offers HTTP/2 to an `https` endpoint, which takes it or HTTP/1.1. */
    @Field(BOOLEAN)
    @WithDefault("false")
    Optional<String> http2();

    /** Sent with each webhook besides those of the gateway. */
    Map<String, String> headers();

    /** Time for connecting, within the whole. Too low fails distant endpoints; too high notices a dead one late. */
    @WithDefault("2s")
    Optional<String> connectTimeout();

    /** Time for a whole webhook, connecting included. Too low repeats what a slow endpoint has already done. */
    @WithDefault("10s")
    Optional<String> timeout();

    /** Trust. */
    TlsConfig tls();

    /** Credentials. */
    AuthConfig auth();

    /** Signatures. */
    SigningConfig signing();

    /** How the endpoint is recognized, and how it recognizes the gateway. */
    interface TlsConfig {

        /** File with the certificates to trust, in PEM, instead of those the JVM trusts. */
        Optional<String> caRef();

        /** Directory with `tls.crt` and `tls.key`, the certificate to show, as a Kubernetes TLS secret has them. */
        Optional<String> clientCertRef();

        /** The name the certificate must have, instead of the host of the URL. */
        Optional<String> serverName();

        /** Accepts any certificate, also an attacker's. */
        @Field(BOOLEAN)
        @WithDefault("false")
        Optional<String> insecureSkipVerify();
    }

    /** How the gateway says who it is. */
    interface AuthConfig {

        /** `NONE`, `BASIC`, `BEARER`, `API_KEY`, `OAUTH2_CLIENT_CREDENTIALS` or `SERVICE_ACCOUNT_TOKEN`. */
        @WithDefault("NONE")
        Optional<String> type();

        /** For `BASIC`. */
        Optional<String> username();

        /** For `BASIC`. Never shown. */
        Optional<String> password();

        /** File with the password. */
        Optional<String> passwordRef();

        /** For `BEARER`. Never shown. */
        Optional<String> token();

        /** File with the token; for `SERVICE_ACCOUNT_TOKEN` that of a projected volume. */
        Optional<String> tokenRef();

        /** For `API_KEY`: the header that carries it. */
        Optional<String> header();

        /** For `API_KEY`. Never shown. */
        Optional<String> key();

        /** File with the key. */
        Optional<String> keyRef();

        /** For `OAUTH2_CLIENT_CREDENTIALS`: where tokens are had. */
        Optional<String> tokenUrl();

        /** For `OAUTH2_CLIENT_CREDENTIALS`. */
        Optional<String> clientId();

        /** For `OAUTH2_CLIENT_CREDENTIALS`. Never shown. */
        Optional<String> clientSecret();

        /** File with the client's secret. */
        Optional<String> clientSecretRef();

        /** For `OAUTH2_CLIENT_CREDENTIALS`: what to ask for. */
        Optional<String> scope();

        /** For `OAUTH2_CLIENT_CREDENTIALS`: for whom. */
        Optional<String> audience();
    }

    /** How the endpoint can tell that a webhook is the gateway's. */
    interface SigningConfig {

        /** `NONE`, `HMAC_SHA256` or `ED25519`. Default `NONE` in the configuration, `HMAC_SHA256` with a new key through the API. */
        Optional<String> type();

        /** Each that is not past its end signs. */
        List<KeyConfig> keys();
    }

    /** A key that signs. */
    interface KeyConfig {

        /** Its name among the keys of the subscription. */
        Optional<String> id();

        /** `whsec_…`, or `whsk_…` for `ED25519`. Never shown. */
        Optional<String> secret();

        /** File with the secret. */
        Optional<String> secretRef();

        /** When it stops signing. */
        Optional<String> notAfter();
    }
}
