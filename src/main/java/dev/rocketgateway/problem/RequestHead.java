package dev.rocketgateway.problem;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the head of a request of HTTP/1 leaves open where the request ends, or whom it is for (RFC 9112, sections 3.2, 5.1
 * and 6).
 *
 * <pre>
 * Transfer-Encoding | absent, or one line that is exactly chunked
 * Content-Length    | absent, or one line; the decoder refuses all but digits
 * Host              | one line with a host; HTTP/1.0 may leave it out
 * target            | a path; or a URL of the host that is in Host; or * of OPTIONS
 * </pre>
 * The decoder has refused Transfer-Encoding beside Content-Length or in HTTP/1.0, and lines that are no header. One per connection.
 */
final class RequestHead {

    private static final String ASTERISK = "*";

    /** Hosts seldom change on a connection, and are worth checking once. */
    private @Nullable String lastHost;

    /** What is wrong and what to do, or null. */
    @Nullable
    String fault(HttpRequest request) {
        var version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return "%s is not supported. Use HTTP/1.0, HTTP/1.1 or HTTP/2.".formatted(version);
        }
        int hosts = 0;
        int encodings = 0;
        CharSequence host = "";
        CharSequence encoding = "";
        for (var headers = request.headers().iteratorCharSequence(); headers.hasNext(); ) {
            var header = headers.next();
            var name = header.getKey();
            if (name == HttpHeaderNames.CONTENT_LENGTH) {
                // The decoder has put its own name there, because it has read more than one line, or leading zeros.
                return "Content-Length must be one line with a number without leading zeros.";
            }
            switch (name.length()) {
                case 0 -> {
                    return "A header has no name.";
                }
                case 4 -> {
                    if (HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)) {
                        hosts++;
                        host = header.getValue();
                    }
                }
                case 17 -> {
                    if (HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)) {
                        encodings++;
                        encoding = header.getValue();
                    }
                }
                default -> {}
            }
        }
        if (encodings > 1 || encodings == 1 && !AsciiString.contentEqualsIgnoreCase(encoding, "chunked")) {
            return "Transfer-Encoding must be exactly 'chunked', in one line.";
        }
        if (hosts > 1 || hosts == 0 && version.equals(HttpVersion.HTTP_1_1)) {
            return "There must be one Host header; there are %d.".formatted(hosts);
        }
        if (hosts == 1 && !isHost(host.toString())) {
            return "Host must be a host name or address, with or without a port.";
        }
        return target(request, host.toString());
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

    private static @Nullable String target(HttpRequest request, String host) {
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
            return "The request target must be a path that begins with '/', or a URL that begins with http.";
        }
        return host.isEmpty() || RequestTarget.isSame(authority, host)
                ? null
                : "The host of the request target differs from the Host header.";
    }
}
