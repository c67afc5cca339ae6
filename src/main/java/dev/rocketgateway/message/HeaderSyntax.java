package dev.rocketgateway.message;

import java.util.Locale;
import java.util.Set;

/** Checks names and values of HTTP header fields that come from outside (RFC 9110, sections 5.5 and 5.6.2). */
public final class HeaderSyntax {

    private static final String PUNCTUATION_OF_NAMES = "!#$%&'*+-.^_`|~";

    /** Headers of framing and routing, and hop-by-hop headers (RFC 9110, section 7.6.1). */
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private HeaderSyntax() {}

    /** Whether the string is a valid name of a header (a token). */
    public static boolean isName(String name) {
        // A loop and not a stream, because this runs for each header of each webhook.
        for (int i = 0; i < name.length(); i++) {
            if (!isOfNames(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isOfNames(char c) {
        return c >= 'a' && c <= 'z'
                || c == '-'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || PUNCTUATION_OF_NAMES.indexOf(c) >= 0;
    }

    /** Whether the value is printable ASCII, with spaces and tabs. */
    public static boolean isValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' || c > '~') && c != '\t') {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the header describes the connection or the framing of a request, so that it could be used to smuggle a second
     * request.
     */
    public static boolean isOfTheConnection(String name) {
        return OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT));
    }
}
