package dev.rocketgateway.security;

import dev.rocketgateway.message.LogText;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The identity of a caller.
 *
 * @param name for an API key or a certificate, its name in the settings; for a token, the issuer's name in the settings and the
 *     subject, which can be any string
 */
public record Principal(Kind kind, String name) {

    public static final Principal ANONYMOUS = new Principal(Kind.ANONYMOUS, "");

    /** How the caller proved who it is. */
    public enum Kind {
        API_KEY("api-key"),
        TOKEN("token"),
        CERTIFICATE("certificate"),
        ANONYMOUS("anonymous");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /** A string that is different for each principal. Its length is limited: a digest replaces a long name. */
    String key() {
        return name.length() <= LogText.MAX_LENGTH
                ? toString()
                : kind.label + ":" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    /** One word for logs, such as {@code api-key:orders}. */
    @Override
    public String toString() {
        return kind == Kind.ANONYMOUS ? kind.label : kind.label + ":" + LogText.value(name);
    }
}
