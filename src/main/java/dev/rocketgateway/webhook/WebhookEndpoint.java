package dev.rocketgateway.webhook;

import dev.rocketgateway.webhook.target.TargetPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The target of the webhooks of one subscription, and how to send them. Immutable.
 *
 * @param url http or https; {@link TargetPolicy} decides whether it may be called
 * @param http2 whether to offer HTTP/2 over TLS; the endpoint may still choose HTTP/1.1
 * @param headers sent with every webhook; they replace headers of the same name from a message
 * @param connectTimeout for one attempt to connect, within {@code timeout}
 * @param timeout for the whole exchange, from resolving the name to the last byte of the response
 * @param signingKeys each key that has not expired signs
 */
public record WebhookEndpoint(
        URI url,
        Method method,
        boolean http2,
        Map<String, String> headers,
        Duration connectTimeout,
        Duration timeout,
        WebhookTls tls,
        WebhookAuth auth,
        List<SigningKey> signingKeys) {

    public static final Duration MIN_CONNECT_TIMEOUT = Duration.ofMillis(100);
    public static final Duration MAX_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration USUAL_CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** The HTTP method of webhooks. */
    public enum Method {
        POST,
        PUT
    }

    public WebhookEndpoint {
        headers = Map.copyOf(headers);
        signingKeys = List.copyOf(signingKeys);
        HeaderFields.requireLegal(headers);
        headers.keySet().forEach(HeaderFields::requireOwn);
        if (connectTimeout.compareTo(MIN_CONNECT_TIMEOUT) < 0 || connectTimeout.compareTo(MAX_CONNECT_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    "connectTimeout is %d ms; it must be from 100ms to 10s".formatted(connectTimeout.toMillis()));
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "timeout is %d ms; it must be more than 0".formatted(timeout.toMillis()));
        }
    }

    /** Whether a webhook reads secrets from files, or has a signature that takes about a millisecond. */
    public boolean takesLong() {
        return tls.readsFiles()
                || auth.secret().filter(Secret::readsFile).isPresent()
                || signingKeys.stream()
                        .anyMatch(key -> key.algorithm() == SigningKey.Algorithm.ED25519
                                || key.secret().readsFile());
    }

    /** An endpoint with POST and the JVM's trust, without additional headers, credentials or signature. */
    public static WebhookEndpoint of(URI url, Duration timeout) {
        return new WebhookEndpoint(
                url,
                Method.POST,
                false,
                Map.of(),
                USUAL_CONNECT_TIMEOUT,
                timeout,
                WebhookTls.ofTheJvm(),
                new WebhookAuth.None(),
                List.of());
    }
}
