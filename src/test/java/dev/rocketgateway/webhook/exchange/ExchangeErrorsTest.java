package dev.rocketgateway.webhook.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.ConnectException;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExchangeErrorsTest {

    private static final Http2Exception TOO_LARGE_HEAD =
            Http2Exception.headerListSizeError(1, Http2Error.PROTOCOL_ERROR, true, "secret.example.com");

    static List<Arguments> connecting() {
        return List.of(
                arguments(new SSLHandshakeException("no"), Failure.TLS, "the TLS handshake failed: no"),
                arguments(new VertxException(new SSLHandshakeException("no")), Failure.TLS, "handshake failed: no"),
                arguments(
                        new SSLException("no", new CertificateException("has expired\nsecond line")),
                        Failure.TLS,
                        "the TLS handshake failed: has expired"),
                arguments(new ConnectTimeoutException("/10.0.0.1:80"), Failure.CONNECT_TIMEOUT, "no answer"),
                arguments(new ConnectException("/10.0.0.1:80"), Failure.CONNECT_REFUSED, "refused"),
                arguments(new VertxException("/10.0.0.1:80"), Failure.CONNECT_REFUSED, "refused"),
                arguments(
                        new UnsupportedOperationException("10.0.0.1"),
                        Failure.OTHER,
                        "failed with UnsupportedOperationException"));
    }

    @ParameterizedTest
    @MethodSource
    void connecting(Throwable cause, Failure failure, String detail) {
        var failed = ExchangeErrors.ofConnecting(cause);

        assertThat(failed.failure()).isEqualTo(failure);
        assertThat(failed.detail()).contains(detail).doesNotContain("10.0.0.1", "second line");
    }

    static List<Arguments> exchanging() {
        return List.of(
                arguments(new SSLHandshakeException("bad_certificate"), Failure.TLS, "failed: bad_certificate"),
                arguments(new IOException("Connection reset"), Failure.RESET, "ended before the response"),
                arguments(new HttpClosedException("closed"), Failure.RESET, "ended before the response"),
                arguments(new StreamResetException(2), Failure.RESET, "ended before the response"),
                arguments(new PrematureChannelClosureException(), Failure.RESET, "ended before the response"),
                arguments(new TooLongFrameException(), Failure.PROTOCOL, "max-response-head-size"),
                arguments(TOO_LARGE_HEAD, Failure.PROTOCOL, "max-response-head-size"),
                arguments(new IllegalStateException(TOO_LARGE_HEAD), Failure.PROTOCOL, "max-response-head-size"),
                arguments(new Http2Exception(Http2Error.PROTOCOL_ERROR), Failure.PROTOCOL, "not HTTP/2"),
                arguments(new CorruptedFrameException(), Failure.PROTOCOL, "was not HTTP"),
                arguments(new IllegalArgumentException("invalid version"), Failure.PROTOCOL, "was not HTTP"),
                arguments(new IllegalStateException("HTTP/3.0"), Failure.PROTOCOL, "was not HTTP"),
                arguments(new StackOverflowError(), Failure.OTHER, "failed with StackOverflowError"));
    }

    @ParameterizedTest
    @MethodSource
    void exchanging(Throwable cause, Failure failure, String detail) {
        var failed = ExchangeErrors.ofExchange(cause);

        assertThat(failed.failure()).isEqualTo(failure);
        assertThat(failed.detail()).contains(detail).doesNotContain("secret.example.com");
    }

    /** Decides whether a request is sent again on a new connection. */
    @Test
    void knowsTheEndOfAConnectionFromTheEndOfAStream() {
        assertThat(ExchangeErrors.isEndOfConnection(new IOException())).isTrue();
        assertThat(ExchangeErrors.isEndOfConnection(new SSLHandshakeException("closed")))
                .isTrue();
        assertThat(ExchangeErrors.isEndOfConnection(new StreamResetException(Http2Error.REFUSED_STREAM.code())))
                .isTrue();
        assertThat(ExchangeErrors.isEndOfConnection(new StreamResetException(Http2Error.CANCEL.code())))
                .isFalse();
        assertThat(ExchangeErrors.isEndOfConnection(new TooLongFrameException()))
                .isFalse();
        assertThat(ExchangeErrors.isClosed(new HttpClosedException("closed"))).isTrue();
        assertThat(ExchangeErrors.isClosed(new IOException())).isFalse();
    }
}
