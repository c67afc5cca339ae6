package dev.rocketgateway.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings for [who may do what](security.md). */
@ConfigMapping(prefix = "gateway.security")
public interface SecurityConfig {

    /**
     * Permissions of callers without credentials, on all topics: any of `publish`, `receive`, `subscribe`, `read` and `admin`.
     * Without this setting, such callers get 401.
     */
    Optional<List<Permission>> anonymous();

    /** API keys, by the name of the caller. */
    Map<String, ApiKeyConfig> apiKeys();

    /** Issuers of tokens (JWT), by a name of your choice. */
    Map<String, IssuerConfig> issuers();

    /** Client certificates, by the name of the caller. */
    Map<String, CertificateConfig> certificates();

    /** What each role may do, by the name of the role. */
    Map<String, RuleConfig> rules();

    /** Whether the API documents (OpenAPI, Swagger UI, the pages of problems) need the permission `admin`. */
    @WithDefault("false")
    boolean protectDocuments();

    /**
     * Number of requests with wrong credentials from one address per minute that get 401; further requests get 429. Correct
     * credentials from the same address are always accepted. Too low: a caller with an old key no longer learns why it is refused.
     * Too high: a longer log.
     */
    @WithDefault("100")
    int failuresPerMinute();

    /** A caller with an API key. */
    interface ApiKeyConfig {

        /** SHA-256 of the key, in hexadecimal; two or more while a key is replaced. The command `api-key <name>` prints it. */
        Optional<List<String>> sha256();

        /**
         * File with keys, or with SHA-256 of keys, one per line, as Kubernetes mounts a Secret. The gateway reads a changed file again
         * within 5 s.
         */
        Optional<Path> file();

        /** Roles of the caller. */
        Optional<List<String>> roles();
    }

    /** An issuer whose tokens the gateway accepts, in the header `Authorization: Bearer <token>`. */
    interface IssuerConfig {

        /** The issuer, exactly as in the claim `iss` of its tokens. The gateway finds the keys with OpenID Connect Discovery. */
        String url();

        /** Values of the claim `aud` of which a token must have at least one. */
        List<String> audience();

        /** URL of the issuer's keys (JWKS), instead of discovery. */
        Optional<String> jwksUrl();

        /** File with the issuer's keys (JWKS), instead of a URL. The gateway reads a changed file again. */
        Optional<Path> jwksFile();

        /** File with the token that the gateway sends when it fetches the keys, such as that of its own service account. */
        Optional<Path> tokenFile();

        /** File with the certificates (PEM) to trust when the gateway fetches the keys, instead of those of the JVM. */
        Optional<Path> caFile();

        /**
         * Claim with the roles: a list of strings, or one string. A slash selects a field of an object, as in `realm_access/roles`.
         * In `scope` and `scp`, spaces separate roles. With `sub`, the subject itself is the role.
         */
        @WithDefault("roles")
        String rolesClaim();

        /** Claim with the name of the caller. */
        @WithDefault("sub")
        String principalClaim();
    }

    /**
     * A caller with a client certificate, over HTTPS. The trust store in the TLS settings decides which certificates are trusted.
     */
    interface CertificateConfig {

        /** Subject alternative names; the certificate must have one of them: a URI, a DNS name or an e-mail address. */
        Optional<List<String>> san();

        /** Subject of the certificate (RFC 2253), such as `CN=orders,O=Example`. */
        Optional<String> subject();

        /** Roles of the caller. */
        Optional<List<String>> roles();
    }

    /** The topics of each permission; `*` stands for any characters, as in `orders-*`. */
    interface RuleConfig {

        /** Topics to publish to: every mode and form, and the topic for dead letters of a subscription. */
        Optional<List<TopicPattern>> publish();

        /** Topics from whose subscriptions the role may receive messages over HTTP. */
        Optional<List<TopicPattern>> receive();

        /** Topics to subscribe to: create, change, operate, test and delete subscriptions, and see their attempts. */
        Optional<List<TopicPattern>> subscribe();

        /** Topics whose messages, including dead letters, the role may read with their bodies. */
        Optional<List<TopicPattern>> read();

        /**
         * Consumer groups, besides `GW-<name>`, that subscriptions of the role may use. A group has its own dead letters and
         * positions, so the group must not belong to others.
         */
        Optional<List<TopicPattern>> groups();

        /** `*` for everything, on every topic, with every consumer group and secret file. */
        Optional<List<TopicPattern>> admin();
    }
}
