package dev.rocketgateway.problem.framing;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Headers.PseudoHeaderName;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the fields of a request of HTTP/2 are malformed (RFC 9113, sections 8.2 and 8.3), so that a reader that translates
 * them to HTTP/1 would see another request.
 *
 * <pre>
 * names         | tokens
 * values        | no control characters, no blanks around them
 * :method       | a token, not CONNECT
 * :scheme       | http or https
 * :path         | begins with '/'; or is * of OPTIONS
 * :authority    | a host; or one host field instead
 * :protocol     | absent
 * </pre>
 * The decoder has refused upper case, fields of a connection, content lengths that differ from the body, and pseudo-header fields that are
 * repeated, empty, unknown, in trailers or behind other fields. The server compares the host field with {@code :authority}, and refuses
 * requests without a method.
 */
final class Http2RequestHead {

    private static final String ASTERISK = "*";

    private Http2RequestHead() {}

    /** What is wrong with the fields of a request or with its trailers, or null. */
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
            return ":method must be a token, and not CONNECT.";
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
