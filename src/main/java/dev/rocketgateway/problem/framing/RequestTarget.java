package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.FieldError;
import io.vertx.core.net.HostAndPort;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the syntax of a request target (RFC 9112, section 3.2, and RFC 3986). */
public final class RequestTarget {

    private static final Pattern AUTHORITY = Pattern.compile("https?://([^/?#]*).*", Pattern.CASE_INSENSITIVE);
    private static final Pattern DEFAULT_PORT = Pattern.compile(":(80|443)?$");

    private static final String OF_PATHS = "-._~!$&'()*+,;=:@/";
    private static final String OF_QUERIES = OF_PATHS + "?[]";

    private static final int PATH = 1;
    private static final int QUERY = 2;
    private static final int ASCII = 128;
    private static final byte[] ALLOWED = new byte[ASCII];

    static {
        for (char c = '0'; c <= 'z'; c++) {
            if (Character.isLetterOrDigit(c)) {
                ALLOWED[c] = PATH | QUERY;
            }
        }
        OF_PATHS.chars().forEach(c -> ALLOWED[c] |= PATH);
        OF_QUERIES.chars().forEach(c -> ALLOWED[c] |= QUERY);
    }

    private RequestTarget() {}

    /** Returns what is wrong with the target and how to fix it, or null if it is valid. */
    public static @Nullable FieldError malformed(String target) {
        if (target.startsWith("//")) {
            return new FieldError("path", "must begin with one '/'");
        }
        int query = target.indexOf('?');
        int queryStart = query < 0 ? target.length() : query;
        // A URL can have the address of a host in brackets.
        boolean url = !target.startsWith("/");
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '%') {
                if (!isHex(target, i + 1) || !isHex(target, i + 2)) {
                    return UnencodedTarget.percentSign(target, i);
                }
                i += 2;
            } else if (i != queryStart && !isAllowed(c, i < queryStart && !url)) {
                return UnencodedTarget.character(target, i);
            }
        }
        return null;
    }

    /** Whether a character is allowed without encoding in a path or in a query. */
    static boolean isAllowed(int c, boolean inPath) {
        return c < ASCII && (ALLOWED[c] & (inPath ? PATH : QUERY)) != 0;
    }

    static boolean isHex(String text, int index) {
        return index < text.length() && Character.digit(text.charAt(index), 16) >= 0;
    }

    /** Host and port of a URL; null if it is not a URL. */
    static @Nullable String authority(String target) {
        var url = AUTHORITY.matcher(target);
        return url.matches() ? url.group(1) : null;
    }

    /** Whether the authority is a host name or address, with or without a port. */
    static boolean isHost(String authority) {
        var parsed = HostAndPort.parseAuthority(authority, -1);
        return parsed != null && !parsed.host().isEmpty();
    }

    /** Whether both name the same host and port. A default port may be left out. */
    static boolean isSame(String authority, String host) {
        return withoutDefaultPort(authority).equalsIgnoreCase(withoutDefaultPort(host));
    }

    private static String withoutDefaultPort(String authority) {
        return DEFAULT_PORT.matcher(authority).replaceFirst("");
    }
}
