package dev.rocketgateway.problem.framing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {

    /** Decoded by the decoder of the server, because what it changes and refuses is a part of the decision. */
    private static @Nullable String fault(String request) {
        var channel = new EmbeddedChannel(new VertxHttpRequestDecoder(new HttpServerOptions()));
        channel.writeInbound(
                Unpooled.copiedBuffer(request.replace("|", "\r\n") + "\r\n\r\n", StandardCharsets.ISO_8859_1));
        HttpRequest decoded = channel.readInbound();
        try {
            var fault = decoded.decoderResult().isSuccess()
                    ? new RequestHead().fault(decoded)
                    : RequestGuard.faultOfUnread(decoded.headers());
            return fault == null ? null : fault.field() + ": " + fault.message();
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked",
                "POST / HTTP/1.1|Host: x|transfer-encoding:CHUNKED",
                "POST / HTTP/1.1|Host: x|Content-Length: 0",
                "POST / HTTP/1.1|Host: x|content-length: 5",
                "POST / HTTP/1.0|Content-Length: 5",
                "GET / HTTP/1.0",
                "GET / HTTP/1.1|host: X",
                "GET / HTTP/1.1|Host: x:8080",
                "GET / HTTP/1.1|Host: 127.0.0.1",
                "GET / HTTP/1.1|Host: [::1]:80",
                "GET http://x/a HTTP/1.1|Host: x",
                "GET HTTPS://X:443/a HTTP/1.1|Host: x",
                "GET http://x?a=b HTTP/1.1|Host: x:80",
                "GET http://[::1]:80/ HTTP/1.1|Host: [::1]",
                "GET http://x/ HTTP/1.0",
                "OPTIONS * HTTP/1.1|Host: x",
            })
    void findsNoFault(String request) {
        assertThat(fault(request)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: gzip > Transfer-Encoding: must be exactly",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding:| chunked > Transfer-Encoding: must be exactly",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: gzip|Content-Length: 5 > Transfer-Encoding: cannot be combined",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked|Transfer-Encoding: chunked > Transfer-Encoding: must be exactly",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked, chunked > Transfer-Encoding: must be exactly",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: gzip, chunked > Transfer-Encoding: must be exactly",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 5 > Transfer-Encoding: cannot be combined",
                "POST / HTTP/1.0|Transfer-Encoding: chunked > request: is not valid HTTP",
                "POST / HTTP/1.1|Host: x|Content-Length: x > request: is not valid HTTP",
                "POST / HTTP/1.1|Host: x|Content-Length: 05 > Content-Length: must be a single header",
                "POST / HTTP/1.0|Content-Length: 5|Content-Length: 6 > Content-Length: must be a single header",
                "POST / HTTP/1.0|Content-Length: 5|Content-Length: 5 > Content-Length: must be a single header",
                "GET / HTTP/1.1 > Host: must be a single header; the request has 0",
                "GET / HTTP/1.1|Host: x|Host: x > Host: must be a single header; the request has 2",
                "GET / HTTP/1.0|Host: x|Host: x > Host: must be a single header; the request has 2",
                "GET / HTTP/1.1|Host: > Host: must be",
                "GET / HTTP/1.1|Host: a b > Host: must be",
                "GET / HTTP/1.1|Host: a@b > Host: must be",
                "GET / HTTP/1.1|Host: a:b > Host: must be",
                "GET / HTTP/1.1|Host: x|:a > headers: contain a line without a name",
                "GET / HTTP/1.1|Host: x|Sec-WebSocket-Key1: a|Sec-WebSocket-Key2: b > Sec-WebSocket-Key1: is not supported",
                "POST / HTTP/1.1|Host: x|sec-websocket-key1: a > Sec-WebSocket-Key1: is not supported",
                "GET / HTTP/0.9|Host: x > version: HTTP/0.9 is not supported",
                "GET / HTTP/1.2|Host: x > version: HTTP/1.2 is not supported",
                "GET http://y/ HTTP/1.1|Host: x > Host: differs from the host of the request target",
                "GET http://x:81/ HTTP/1.1|Host: x > Host: differs from the host of the request target",
                "GET http://a@x/ HTTP/1.1|Host: x > Host: differs from the host of the request target",
                "GET http:/// HTTP/1.1|Host: x > Host: differs from the host of the request target",
                "GET ftp://x/ HTTP/1.1|Host: x > path: must be a path",
                "GET * HTTP/1.1|Host: x > path: must be a path",
                "CONNECT x:80 HTTP/1.1|Host: x:80 > path: must be a path",
                "GET //x/ HTTP/1.1|Host: x > path: must begin with one",
                "GET /%zz HTTP/1.1|Host: x > path: has '%' without two hexadecimal digits after it; write '%' as %25; write /%25zz",
                "GET /?a=% HTTP/1.1|Host: x > a: has '%'",
                "GET /?b=1&a=%4&c=2 HTTP/1.1|Host: x > a: has '%' without two hexadecimal digits after it; write '%' as %25; write a=%254",
                "GET /a#b HTTP/1.1|Host: x > path: has a character that is not allowed in a URI; percent-encode it as UTF-8 (RFC 3986); write /a%23b",
                "GET /a[b HTTP/1.1|Host: x > path: has a character that is not allowed in a URI; percent-encode it as UTF-8 (RFC 3986); write /a%5Bb",
                "GET /?a=ü HTTP/1.1|Host: x > a: has a character that is not allowed in a URI; percent-encode it as UTF-8 (RFC 3986); write a=%C3%BC",
                "GET /?a=1&ü=2 HTTP/1.1|Host: x > query: has a character that is not allowed in a URI; percent-encode it as UTF-8 (RFC 3986); write %C3%BC=2",
                "GET /?a=\\ HTTP/1.1|Host: x > a: has a character that is not allowed in a URI; percent-encode it as UTF-8 (RFC 3986); write a=%5C",
                "GET /?a={b} HTTP/1.1|Host: x > a: has a character that is not allowed in a URI; percent-encode it as UTF-8 (RFC 3986); write a=%7Bb%7D",
            })
    void findsTheFault(String request, String fault) {
        assertThat(fault(request)).startsWith(fault);
    }
}
