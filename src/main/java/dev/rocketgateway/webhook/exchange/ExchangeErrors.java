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
 * What a failed exchange is called. By type and never by text, which is not ours.
 *
 * <pre>
 * while          | what was thrown                             | failure
 * ---------------|---------------------------------------------|----------------
 * connecting     | TLS                                         | TLS
 * connecting     | connect timeout                             | CONNECT_TIMEOUT
 * connecting     | anything else of the network                | CONNECT_REFUSED
 * exchanging     | TLS, as when our certificate is not wanted  | TLS
 * exchanging     | the connection ended                        | RESET
 * exchanging     | bytes that are not HTTP, too large a head   | PROTOCOL
 * either         | anything else                               | OTHER
 * </pre>
 */
final class ExchangeErrors {

    private ExchangeErrors() {}

    static Failed ofConnecting(Throwable cause) {
        if (hasTls(cause)) {
            return new Failed(Failure.TLS, "no TLS connection: " + reason(cause));
        }
        if (cause instanceof ConnectTimeoutException) {
            return new Failed(Failure.CONNECT_TIMEOUT, "no answer while connecting");
        }
        if (cause instanceof IOException || cause instanceof VertxException) {
            return new Failed(Failure.CONNECT_REFUSED, "the connection was refused, or no network route leads there");
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
        // Of HTTP/2, a head far above the limit has no type of its own.
        if (cause instanceof Http2Exception) {
            return new Failed(
                    Failure.PROTOCOL,
                    "the response was not HTTP/2, or its head is larger than gateway.webhook.max-response-head-size");
        }
        // A version of HTTP that it does not know is an illegal state to the client.
        if (cause instanceof CodecException
                || cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException) {
            return new Failed(Failure.PROTOCOL, "the response was not HTTP");
        }
        return other(cause);
    }

    /** Worth a second try on a connection that had been used before: the endpoint may have been closing it. */
    static boolean isEndOfConnection(Throwable cause) {
        if (cause instanceof StreamResetException reset) {
            // Of HTTP/2: the endpoint ended this exchange and not the connection, unless it says that it did not begin
            // with it.
            return reset.getCode() == Http2Error.REFUSED_STREAM.code();
        }
        var failure = ofExchange(cause).failure();
        // What is written to a connection of TLS that has just ended is a fault of TLS.
        return failure == Failure.RESET || failure == Failure.TLS;
    }

    /** A connection that was there and ended before anything was sent on it. */
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

    /** What is deepest says most: "PKIX path validation failed: … certificate has expired". */
    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage()).lines().findFirst().orElse("");
    }
}
