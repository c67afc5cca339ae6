package dev.rocketgateway.deliver.event;

import dev.rocketgateway.subscription.history.Attempt;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Extracts the beginning of a response as a string. Redacts everything that looks like a credential, because endpoints may echo
 * requests.
 */
public final class ResponseExcerpt {

    private static final Pattern CREDENTIALS = Pattern.compile("(?i)\\b(?:bearer|basic)\\s+[a-z0-9._~+/=-]{6,}"
            + "|wh(?:sec|sk)_[a-z0-9+/=]+"
            + "|\\beyJ[a-z0-9_-]+\\.[a-z0-9_-]+\\.[a-z0-9_-]*"
            + "|(?<=[\"']?(?:password|passwd|secret|token|api[-_]?key|authorization)[\"']?\\s{0,5}[:=]\\s{0,5})"
            + "(?:\"[^\"]*\"|'[^']*'|[^\\s,;}\"']+)");

    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}&&[^\\r\\n\\t]]");

    private ResponseExcerpt() {}

    public static String of(byte[] body) {
        var text = new String(body, 0, Math.min(body.length, Attempt.MAX_RESPONSE_BYTES), StandardCharsets.UTF_8);
        return CONTROLS.matcher(CREDENTIALS.matcher(text).replaceAll("[redacted]"))
                .replaceAll("\uFFFD");
    }
}
