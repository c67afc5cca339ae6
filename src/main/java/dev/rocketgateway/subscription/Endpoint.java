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
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The endpoint that receives webhooks, and how to send to it.
 *
 * @param http2 whether to offer HTTP/2; the endpoint may still choose HTTP/1.1
 * @param headers additional headers of each webhook
 * @param timeout longest time for a whole webhook, including the time to connect
 */
public record Endpoint(
        URI url,
        Method method,
        boolean http2,
        Map<String, String> headers,
        Duration connectTimeout,
        Duration timeout,
        Tls tls,
        EndpointAuth auth,
        Signing signing)
        implements Subscription.Destination {

    public static final String URL_FIELD = "endpoint.url";
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

    /** Returns a copy with other signing keys. */
    public Endpoint with(Signing otherSigning) {
        return new Endpoint(url, method, http2, headers, connectTimeout, timeout, tls, auth, otherSigning);
    }

    /**
     * Returns a copy in which every secret for authentication and signing is replaced. Secrets of TLS stay, because they are always
     * references to files.
     */
    public Endpoint withSecrets(UnaryOperator<SecretText> replacement) {
        return new Endpoint(
                url,
                method,
                http2,
                headers,
                connectTimeout,
                timeout,
                tls,
                auth.withSecrets(replacement),
                signing.withSecrets(replacement));
    }

    /**
     * TLS settings: how the gateway verifies the endpoint's certificate, and which client certificate the gateway presents.
     *
     * @param ca certificates to trust, in PEM; empty to trust those of the JVM
     * @param clientCertificate client certificate in PEM; requires {@code clientKey}
     * @param serverName name that the endpoint's certificate must have, instead of the host of the URL
     * @param insecureSkipVerify whether to accept any certificate of the endpoint
     */
    public record Tls(
            Optional<SecretText> ca,
            Optional<SecretText> clientCertificate,
            Optional<SecretText> clientKey,
            Optional<String> serverName,
            boolean insecureSkipVerify) {

        /** Path of the certificate below the directory that {@code clientCertRef} names, as in a Kubernetes TLS secret. */
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
                            "cannot be combined with caRef or serverName, because it turns their checks off")
                    .throwIfAny();
        }
    }

    /** Signatures (Standard Webhooks) with which the endpoint verifies that a webhook comes from the gateway. */
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

        Signing withSecrets(UnaryOperator<SecretText> replacement) {
            return new Signing(
                    type,
                    keys.stream()
                            .map(key -> new Key(key.id(), replacement.apply(key.secret()), key.notAfter()))
                            .toList());
        }

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
