package dev.rocketgateway.webhook;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks headers of webhooks: refuses line breaks, and headers that the client sets itself. */
public final class HeaderFields {

    /** Besides letters and digits, RFC 9110, 5.6.2. */
    private static final String OF_NAMES = "!#$%&'*+-.^_`|~";

    /** Headers of framing and routing. A caller could use them to smuggle a second request. */
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

    private HeaderFields() {}

    /** Refuses invalid headers and headers of the connection. The message does not contain values, because they may be secret. */
    static void requireLegal(Map<String, String> headers) {
        headers.forEach((name, value) -> {
            requireName(name);
            if (!isValue(value)) {
                throw new IllegalArgumentException(
                        "the value of header '%s' has a character that is not printable ASCII".formatted(name));
            }
        });
    }

    /** As above, for a header name that the endpoint's owner chooses; headers of Standard Webhooks are refused too. */
    static void requireOwn(String name) {
        requireName(name);
        if (name.toLowerCase(Locale.ROOT).startsWith("webhook-")) {
            throw new IllegalArgumentException("header '%s' is set by the gateway itself".formatted(name));
        }
    }

    public static boolean isValue(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c <= '~' || c == '\t');
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c -> c >= '0' && c <= '9'
                                || c >= 'A' && c <= 'Z'
                                || c >= 'a' && c <= 'z'
                                || OF_NAMES.indexOf(c) >= 0);
    }

    private static void requireName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "'%s' is not a valid header name".formatted(name.replaceAll("[^\\x20-\\x7E]", "?")));
        }
        if (OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "header '%s' describes the connection and cannot be set".formatted(name));
        }
    }
}
