package dev.rocketgateway.subscription;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a URL must be that the gateway sends requests to. Whether it may be sent to is the target policy's to say. */
final class TargetUrl {

    private static final int MAX_LENGTH = 2048;

    private TargetUrl() {}

    /** What is wrong with it, or null. */
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
            return "has a port outside 1 to 65535";
        }
        return url.toString().length() > MAX_LENGTH ? "has more than %d characters".formatted(MAX_LENGTH) : null;
    }
}
