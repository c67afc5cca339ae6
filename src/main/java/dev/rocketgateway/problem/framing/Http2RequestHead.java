package dev.rocketgateway.problem.framing;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import org.jspecify.annotations.Nullable;

/**
 * Checks the header fields of an HTTP/2 request (RFC 9113, sections 8.2 and 8.3). A program that translates malformed fields
 * to HTTP/1 could read them as another request (request smuggling).
 *
 * <pre>
 * names         | tokens
 * values        | no control characters, no surrounding spaces or tabs
 * :method       | a token, not CONNECT
 * :scheme       | http or https
 * :path         | begins with '/'; or is * for OPTIONS
 * :authority    | a host; or one host field instead
 * :protocol     | absent
 * </pre>
 * The decoder has already refused upper case, connection headers, content lengths that differ from the body, and pseudo-header
 * fields that are repeated, empty, unknown, in trailers or after other fields. The server compares the host field with {@code
 * :authority}, and refuses requests without a method.
 */
final class Http2RequestHead {

    private static final String ASTERISK = "*";

    private Http2RequestHead() {}

    /** Finds the first fault in the header fields of a request, or in its trailers. Null if there is none. */
    static @Nullable String fault(Http2Headers headers) {
        int hosts = 0;
        CharSequence host = null;
        for (var header : headers) {
            var name = header.getKey();
            if (!PseudoHeaderName.hasPseudoHeaderFormat(name)) {
                if (HttpHeaderValidationUtil.validateToken(name) >= 0) {
                    return "The name of a header has a character that is not allowed.";
                }
                if (HttpHeaderNames.HOST.contentEquals(name)) {
                    hosts++;
                    host = header.getValue();
                }
            } else if (PseudoHeaderName.PROTOCOL.value().contentEquals(name)) {
                return ":protocol is not supported.";
            }
            if (!isValue(header.getValue())) {
                return "The value of '%s' has a control character, or a space or tab at its start or end."
                        .formatted(name);
            }
        }
        // Trailers have no method.
        return headers.method() == null ? null : target(headers, hosts, host);
    }

    private static boolean isValue(CharSequence value) {
        int length = value.length();
        if (length == 0) {
            return true;
        }
        char last = value.charAt(length - 1);
        return last != ' ' && last != '\t' && HttpHeaderValidationUtil.validateValidHeaderValue(value) < 0;
    }

    private static @Nullable String target(Http2Headers headers, int hosts, @Nullable CharSequence host) {
        var method = headers.method();
        if (HttpHeaderValidationUtil.validateToken(method) >= 0
                || HttpMethod.CONNECT.asciiName().contentEquals(method)) {
            return ":method must be an HTTP method. CONNECT is not supported.";
        }
        var scheme = headers.scheme();
        if (scheme == null
                || !HttpScheme.HTTP.name().contentEqualsIgnoreCase(scheme)
                        && !HttpScheme.HTTPS.name().contentEqualsIgnoreCase(scheme)) {
            return ":scheme must be http or https.";
        }
        var path = headers.path();
        if (path == null
                || path.charAt(0) != '/'
                        && !(ASTERISK.contentEquals(path)
                                && HttpMethod.OPTIONS.asciiName().contentEquals(method))) {
            return ":path must begin with '/'.";
        }
        var authority = headers.authority();
        if (hosts > 1 || hosts == 0 && authority == null) {
            return "The request must have :authority or exactly one Host header.";
        }
        if (authority != null && !RequestTarget.isHost(authority.toString())
                || host != null && !RequestTarget.isHost(host.toString())) {
            return ":authority must be a host name or address, with or without a port.";
        }
        return null;
    }
}
