package dev.rocketgateway.webhook;

import dev.rocketgateway.message.HeaderSyntax;
import java.util.Locale;
import java.util.Map;

/** Checks headers of webhooks: refuses line breaks, and headers that the client sets itself. */
public final class HeaderFields {

    private HeaderFields() {}

    /** Refuses invalid headers and headers of the connection. The message does not contain values, because they may be secret. */
    static void requireLegal(Map<String, String> headers) {
        headers.forEach((name, value) -> {
            requireName(name);
            if (!HeaderSyntax.isValue(value)) {
                throw new IllegalArgumentException(
                        "the value of header '%s' has a character that is not printable ASCII".formatted(name));
            }
        });
    }

    /**
     * Refuses a header name that the endpoint's owner has chosen, if the name is not valid, belongs to a header of the connection, or
     * begins with {@code webhook-}, as the headers of Standard Webhooks do.
     */
    static void requireOwn(String name) {
        requireName(name);
        if (name.toLowerCase(Locale.ROOT).startsWith("webhook-")) {
            throw new IllegalArgumentException("header '%s' is set by the gateway itself".formatted(name));
        }
    }

    private static void requireName(String name) {
        if (!HeaderSyntax.isName(name)) {
            throw new IllegalArgumentException(
                    "'%s' is not a valid header name".formatted(name.replaceAll("[^\\x20-\\x7E]", "?")));
        }
        if (HeaderSyntax.isOfTheConnection(name)) {
            throw new IllegalArgumentException(
                    "header '%s' describes the connection and cannot be set".formatted(name));
        }
    }
}
