package dev.rocketgateway.webhook;

import dev.rocketgateway.webhook.target.TargetPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Everything about where and how the webhooks of one subscription go. Immutable.
 *
 * @param url http or https; whether it may be called is for {@link TargetPolicy} to say
 * @param http2 whether HTTP/2 is offered over TLS; the endpoint may take HTTP/1.1 all the same
 * @param headers go with every webhook, in place of those of the same name that a message brings
 * @param connectTimeout for one attempt to connect, within {@code timeout}
 * @param timeout for the whole exchange, from the look-up of the name to the last byte of the answer
 * @param signingKeys each that is not past its time signs
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

    /** How the body is sent. */
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

    /** POST with the JVM's trust, without headers of its own, credentials or signature. */
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
