package dev.rocketgateway.subscription;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the URL of an endpoint. The target policy decides whether webhooks may go there. */
public final class EndpointUrl {

    private static final int MAX_LENGTH = 2048;
    private static final String AFTER_SCHEME = "://";
    private static final Pattern END_OF_AUTHORITY = Pattern.compile("[/?#]");
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private EndpointUrl() {}

    /**
     * Parses a URL. Characters outside ASCII in the path and the query become percent-encoded UTF-8, as browsers send them.
     *
     * @throws IllegalArgumentException with the fault as its message
     */
    public static URI parse(String text) {
        int scheme = text.indexOf(AFTER_SCHEME);
        if (scheme < 0) {
            throw new IllegalArgumentException(
                    "must begin with http:// or https://; write http://%s".formatted(text.replaceFirst("^[:/]+", "")));
        }
        var end = END_OF_AUTHORITY.matcher(text);
        int path = end.find(scheme + AFTER_SCHEME.length()) ? end.start() : text.length();
        if (!isAscii(text.substring(0, path))) {
            throw new IllegalArgumentException(
                    "has a host with characters outside ASCII; write an international name in its xn-- form");
        }
        try {
            return new URI(text.substring(0, path) + encoded(text.substring(path)));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "is not a URL: %s; percent-encode characters that a URL cannot contain".formatted(e.getReason()),
                    e);
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static String encoded(String text) {
        if (isAscii(text)) {
            return text;
        }
        var encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /** What is wrong with the URL, or null. */
    static @Nullable String faultOf(URI url) {
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return "must begin with http:// or https://";
        }
        if (url.getHost() == null || url.getHost().isEmpty()) {
            return "has no host, or one that is not a host name";
        }
        if (url.getRawUserInfo() != null) {
            return "must not contain user information";
        }
        if (url.getRawFragment() != null) {
            return "must not contain a fragment";
        }
        if (url.getPort() == 0 || url.getPort() > 65535) {
            return "has a port that is not from 1 to 65535";
        }
        return url.toString().length() > MAX_LENGTH ? "has more than %d characters".formatted(MAX_LENGTH) : null;
    }
}
