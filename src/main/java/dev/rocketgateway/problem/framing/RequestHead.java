package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.FieldError;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the head of an HTTP/1 request defines its end and its host without ambiguity (RFC 9112, sections 3.2, 5.1 and 6).
 *
 * <pre>
 * Transfer-Encoding  | absent, or one line that is exactly chunked
 * Content-Length     | absent, or one line; the decoder refuses all but digits
 * Host               | one line with a host; HTTP/1.0 may leave it out
 * target             | a path; or a URL whose host is the same as in Host; or * for OPTIONS
 * Sec-WebSocket-Key1 | absent
 * </pre>
 * The decoder has already refused invalid header lines, and a Transfer-Encoding in three cases: the request also has a
 * Content-Length, the request is HTTP/1.0, or the value does not contain {@code chunked}.
 *
 * <p>One per connection.
 */
final class RequestHead {

    /** Stands for the unknown length of a chunked body. */
    static final long CHUNKED = -1;

    private static final String ASTERISK = "*";
    private static final FieldError LENGTH_FAULT =
            new FieldError("Content-Length", "must be a single header with a decimal number without leading zeros");

    static final FieldError ENCODING_FAULT =
            new FieldError("Transfer-Encoding", "must be exactly 'chunked', in a single header");

    private long body;

    /** The last valid host, because hosts rarely change on a connection. */
    private @Nullable String lastHost;

    /** Finds the first fault of a head: what is wrong and how to fix it. Null if there is no fault. */
    @Nullable
    FieldError fault(HttpRequest request) {
        var version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return new FieldError(
                    "version", "%s is not supported; use HTTP/1.0, HTTP/1.1 or HTTP/2".formatted(version));
        }
        body = 0;
        int hosts = 0;
        int encodings = 0;
        CharSequence host = "";
        CharSequence encoding = "";
        for (var headers = request.headers().iteratorCharSequence(); headers.hasNext(); ) {
            var header = headers.next();
            var name = header.getKey();
            if (name == HttpHeaderNames.CONTENT_LENGTH) {
                // The decoder has replaced the name, because there were several lines or leading zeros.
                return LENGTH_FAULT;
            }
            switch (name.length()) {
                case 0 -> {
                    return new FieldError("headers", "contain a line without a name; write <name>: <value>");
                }
                case 4 -> {
                    if (HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)) {
                        hosts++;
                        host = header.getValue();
                    }
                }
                case 14 -> {
                    if (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
                        body = length(header.getValue());
                        if (body < 0) {
                            return LENGTH_FAULT;
                        }
                    }
                }
                case 17 -> {
                    if (HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)) {
                        encodings++;
                        encoding = header.getValue();
                    }
                }
                case 18 -> {
                    // With this and a second key, the decoder reads the next eight bytes as the body of a GET.
                    if (HttpHeaderNames.SEC_WEBSOCKET_KEY1.contentEqualsIgnoreCase(name)) {
                        return new FieldError("Sec-WebSocket-Key1", "is not supported; the gateway has no WebSockets");
                    }
                }
                default -> {}
            }
        }
        if (encodings > 1 || encodings == 1 && !isChunked(encoding)) {
            return ENCODING_FAULT;
        }
        if (encodings == 1) {
            body = CHUNKED;
        }
        if (hosts > 1 || hosts == 0 && version.equals(HttpVersion.HTTP_1_1)) {
            return new FieldError("Host", "must be a single header; the request has %d".formatted(hosts));
        }
        if (hosts == 1 && !isHost(host.toString())) {
            return new FieldError("Host", "must be a host name or address, with or without a port");
        }
        return target(request, host.toString());
    }

    /** The length of the body of the last valid request, or {@link #CHUNKED}. */
    long body() {
        return body;
    }

    static boolean isChunked(CharSequence encoding) {
        return AsciiString.contentEqualsIgnoreCase(encoding, "chunked");
    }

    /** The length; negative if the value is not a number. */
    private static long length(CharSequence value) {
        long length = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9 || length > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            length = 10 * length + digit;
        }
        return value.isEmpty() ? -1 : length;
    }

    private boolean isHost(String host) {
        if (!host.equals(lastHost)) {
            if (!RequestTarget.isHost(host)) {
                return false;
            }
            lastHost = host;
        }
        return true;
    }

    private static @Nullable FieldError target(HttpRequest request, String host) {
        var target = request.uri();
        var malformed = RequestTarget.malformed(target);
        if (malformed != null) {
            return malformed;
        }
        if (target.startsWith("/")
                || target.equals(ASTERISK) && request.method().equals(HttpMethod.OPTIONS)) {
            return null;
        }
        var authority = RequestTarget.authority(target);
        if (authority == null) {
            return new FieldError("path", "must be a path that begins with '/', or a URL with http or https");
        }
        return host.isEmpty() || RequestTarget.isSame(authority, host)
                ? null
                : new FieldError("Host", "differs from the host of the request target; send the same host in both");
    }
}
