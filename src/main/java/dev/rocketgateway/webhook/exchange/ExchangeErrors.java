package dev.rocketgateway.webhook.exchange;

import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import javax.net.ssl.SSLException;

/**
 * Classifies the failure of an exchange. Only the type of the exception counts, never its text.
 *
 * <pre>
 * while      | what was thrown                           | failure
 * -----------|-------------------------------------------|----------------
 * connecting | TLS                                       | TLS
 * connecting | connect timeout                           | CONNECT_TIMEOUT
 * connecting | anything else of the network              | CONNECT_REFUSED
 * exchanging | TLS, for example a refused certificate    | TLS
 * exchanging | the connection ended                      | RESET
 * exchanging | bytes that are not HTTP, too large a head | PROTOCOL
 * either     | anything else                             | OTHER
 * </pre>
 */
final class ExchangeErrors {

    private ExchangeErrors() {}

    static Failed ofConnecting(Throwable cause) {
        if (hasTls(cause)) {
            return new Failed(Failure.TLS, "the TLS handshake failed: " + reason(cause));
        }
        if (cause instanceof ConnectTimeoutException) {
            return new Failed(Failure.CONNECT_TIMEOUT, "no answer while connecting");
        }
        if (cause instanceof IOException || cause instanceof VertxException) {
            return new Failed(
                    Failure.CONNECT_REFUSED, "the connection was refused, or no network route leads to the host");
        }
        return other(cause);
    }

    static Failed ofExchange(Throwable cause) {
        if (hasTls(cause)) {
            return new Failed(Failure.TLS, "the TLS connection failed: " + reason(cause));
        }
        if (cause instanceof IOException
                || cause instanceof VertxException
                || cause instanceof StreamResetException
                || cause instanceof PrematureChannelClosureException) {
            return new Failed(Failure.RESET, "the connection ended before the response");
        }
        if (isTooLarge(cause)) {
            return new Failed(
                    Failure.PROTOCOL, "the head of the response is larger than gateway.webhook.max-response-head-size");
        }
        // With HTTP/2, a head far above the limit has no exception type of its own.
        if (cause instanceof Http2Exception) {
            return new Failed(
                    Failure.PROTOCOL,
                    "the response was not HTTP/2, or its head is larger than gateway.webhook.max-response-head-size");
        }
        // The client reports an unknown version of HTTP as an illegal state.
        if (cause instanceof CodecException
                || cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException) {
            return new Failed(Failure.PROTOCOL, "the response was not HTTP");
        }
        return other(cause);
    }

    /**
     * Whether a failure means that the connection had ended. If the connection was used before, the endpoint may have closed it at
     * the moment of sending, so the request is sent again.
     */
    static boolean isEndOfConnection(Throwable cause) {
        if (cause instanceof StreamResetException reset) {
            // With HTTP/2, the endpoint ended this exchange and not the connection, unless the endpoint says that it
            // did not process the request.
            return reset.getCode() == Http2Error.REFUSED_STREAM.code();
        }
        var failure = ofExchange(cause).failure();
        // A write to a TLS connection that has just ended is reported as a TLS fault.
        return failure == Failure.RESET || failure == Failure.TLS;
    }

    /** Whether an existing connection ended before anything was sent on it. */
    static boolean isClosed(Throwable cause) {
        return cause instanceof HttpClosedException;
    }

    private static boolean isTooLarge(Throwable cause) {
        return cause instanceof TooLongFrameException
                || cause instanceof Http2Exception.HeaderListSizeException
                || cause.getCause() instanceof Http2Exception.HeaderListSizeException;
    }

    private static Failed other(Throwable cause) {
        return new Failed(Failure.OTHER, "failed with " + cause.getClass().getSimpleName());
    }

    private static boolean hasTls(Throwable cause) {
        for (Throwable one = cause; one != null; one = one.getCause()) {
            if (one instanceof SSLException) {
                return true;
            }
        }
        return false;
    }

    /** The message of the deepest cause, which has the most details: "PKIX path validation failed: … certificate has expired". */
    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage()).lines().findFirst().orElse("");
    }
}
