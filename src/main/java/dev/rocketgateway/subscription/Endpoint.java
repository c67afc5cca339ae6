package dev.rocketgateway.subscription;

import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The endpoint that receives webhooks, and how to send to it.
 *
 * @param http2 whether to offer HTTP/2; the endpoint may still choose HTTP/1.1
 * @param headers additional headers of each webhook
 * @param timeout for a whole webhook, connecting included
 */
public record Endpoint(
        URI url,
        Method method,
        boolean http2,
        Map<String, String> headers,
        Duration connectTimeout,
        Duration timeout,
        Tls tls,
        Auth auth,
        Signing signing) {

    public static final String URL_FIELD = "endpoint.url";
    public static final String TOKEN_URL_FIELD = "endpoint.auth.tokenUrl";
    public static final Bounds<Duration> CONNECT_TIMEOUT =
            new Bounds<>("endpoint.connectTimeout", Duration.ofMillis(100), Duration.ofSeconds(10));
    public static final Bounds<Duration> TIMEOUT =
            new Bounds<>("endpoint.timeout", Duration.ofMillis(100), Duration.ofSeconds(30));

    /** The HTTP method of webhooks. */
    public enum Method {
        POST,
        PUT
    }

    /**
     * @throws InvalidSubscriptionException naming each fault
     */
    public Endpoint {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        var faults = new Faults()
                .check(URL_FIELD, EndpointUrl.faultOf(url))
                .check(CONNECT_TIMEOUT, connectTimeout)
                .check(TIMEOUT, timeout)
                .require(
                        !http2 || "https".equals(url.getScheme()),
                        "endpoint.http2",
                        "needs an https URL, because TLS negotiates the version of HTTP");
        EndpointHeaders.check(headers, auth, faults);
        faults.throwIfAny();
    }

    /** The same endpoint with other secrets. */
    public Endpoint with(Auth otherAuth, Signing otherSigning) {
        return new Endpoint(url, method, http2, headers, connectTimeout, timeout, tls, otherAuth, otherSigning);
    }

    /**
     * How the gateway verifies the endpoint's certificate, and which certificate it presents.
     *
     * @param ca certificates to trust, in PEM, instead of those of the JVM
     * @param clientCertificate certificate in PEM; requires the key
     * @param serverName the name the certificate must have, instead of the host of the URL
     * @param insecureSkipVerify accepts any certificate
     */
    public record Tls(
            Optional<SecretText> ca,
            Optional<SecretText> clientCertificate,
            Optional<SecretText> clientKey,
            Optional<String> serverName,
            boolean insecureSkipVerify) {

        /** Name of the certificate file in a Kubernetes TLS secret, below the configured directory. */
        public static final String CERTIFICATE_FILE = "/tls.crt";

        public static final String KEY_FILE = "/tls.key";

        private static final Pattern HOST = Pattern.compile(
                "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

        public Tls {
            new Faults()
                    .require(
                            clientCertificate.isPresent() == clientKey.isPresent(),
                            "endpoint.tls.clientCertRef",
                            "must have both a certificate and its key")
                    .require(
                            serverName.isEmpty()
                                    || HOST.matcher(serverName.get()).matches(),
                            "endpoint.tls.serverName",
                            "is not a host name")
                    .require(
                            !insecureSkipVerify || ca.isEmpty() && serverName.isEmpty(),
                            "endpoint.tls.insecureSkipVerify",
                            "cannot be combined with caRef or serverName, which it would disable")
                    .throwIfAny();
        }
    }

    /** How the gateway authenticates itself to the endpoint. */
    public sealed interface Auth {

        /** No authentication. */
        record None() implements Auth {}

        /** RFC 7617. */
        record Basic(String username, SecretText password) implements Auth {

            public Basic {
                new Faults()
                        .require(
                                isText(username, 256) && username.indexOf(':') < 0,
                                "endpoint.auth.username",
                                "must be 1 to 256 printable characters without ':'")
                        .throwIfAny();
            }
        }

        /** RFC 6750; the token may be a file that is renewed, such as one of a Kubernetes service account. */
        record Bearer(SecretText token) implements Auth {}

        /** A key in a header of the endpoint's choice. */
        record ApiKey(String header, SecretText key) implements Auth {

            public ApiKey {
                new Faults()
                        .check("endpoint.auth.header", EndpointHeaders.faultOfName(header))
                        .throwIfAny();
            }
        }

        /** RFC 6749, section 4.4. */
        record OAuth2(
                URI tokenUrl,
                String clientId,
                SecretText clientSecret,
                Optional<String> scope,
                Optional<String> audience)
                implements Auth {

            public OAuth2 {
                new Faults()
                        .check(TOKEN_URL_FIELD, EndpointUrl.faultOf(tokenUrl))
                        .require(
                                isText(clientId, 256),
                                "endpoint.auth.clientId",
                                "must be 1 to 256 printable characters")
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
        }

        private static boolean isText(String text, int most) {
            return !text.isEmpty() && text.length() <= most && text.chars().noneMatch(Character::isISOControl);
        }
    }

    /** How the gateway signs webhooks, as Standard Webhooks specifies, so that the endpoint can verify their source. */
    public record Signing(Type type, List<Key> keys) {

        public static final int MAX_KEYS = 5;

        /** The kinds of signature. */
        public enum Type {
            NONE,
            HMAC_SHA256,
            ED25519
        }

        private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

        /**
         * One signing key. Every key that has not expired signs.
         *
         * @param secret {@code whsec_…}, or {@code whsk_…} for ED25519
         * @param notAfter when the key expires and stops signing
         */
        public record Key(String id, SecretText secret, Optional<Instant> notAfter) {}

        public Signing {
            keys = List.copyOf(keys);
            var faults = new Faults();
            var ids = new HashSet<String>();
            int index = 0;
            for (var key : keys) {
                var field = "endpoint.signing.keys[%d]".formatted(index++);
                faults.require(
                                ID.matcher(key.id()).matches(),
                                field + ".id",
                                "must be 1 to 64 letters, digits, '_' or '-'")
                        .require(
                                ids.add(key.id()),
                                field + ".id",
                                "'%s' is used by another key too; give each key its own id".formatted(key.id()));
                if (key.secret() instanceof SecretText.Plain plain) {
                    faults.check(field + ".secret", SigningSecrets.faultOf(type, plain.value()));
                }
            }
            faults.require(
                            type != Type.NONE || keys.isEmpty(),
                            "endpoint.signing.keys",
                            "are not allowed with type NONE; use type HMAC_SHA256 or ED25519")
                    .require(
                            type == Type.NONE || !keys.isEmpty() && keys.size() <= MAX_KEYS,
                            "endpoint.signing.keys",
                            "must be 1 to %d".formatted(MAX_KEYS))
                    .throwIfAny();
        }
    }
}
