package dev.rocketgateway.problem.answer;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the errors for media types, with the supported types and a suggestion. */
final class MediaTypes {

    private static final String LINES = "application/x-ndjson";

    /** Other names of NDJSON, and content types that senders of lines use instead. */
    private static final Pattern OF_LINES = Pattern.compile(
            "(?:application|text)/(?:x-)?(?:ndjson|ldjson|json-?lines?|jsonl|json-seq|stream\\+json)|text/plain");

    private MediaTypes() {}

    /**
     * The error for a Content-Type that an operation does not accept.
     *
     * @param contentType null if the request has none
     * @param taken the media types that the operation accepts
     */
    static String notTaken(String method, String path, @Nullable String contentType, List<String> taken) {
        var given = contentType == null ? "Content-Type is missing" : "Content-Type is '%s'".formatted(contentType);
        return taken.isEmpty()
                ? given + ", which is not a media type such as text/plain."
                : "%s; %s %s accepts %s. %s, add -H 'Content-Type: %s'."
                        .formatted(
                                given,
                                method,
                                path,
                                String.join(" or ", taken),
                                isOfLines(contentType, taken) ? "For lines (NDJSON) with curl" : "With curl",
                                meant(contentType, taken));
    }

    private static String meant(@Nullable String contentType, List<String> taken) {
        if (isOfLines(contentType, taken)) {
            return LINES;
        }
        return Optional.ofNullable(contentType)
                .flatMap(type -> Nearest.of(withoutParameters(type), taken))
                .orElse(taken.get(0));
    }

    private static boolean isOfLines(@Nullable String contentType, List<String> taken) {
        return contentType != null
                && taken.contains(LINES)
                && OF_LINES.matcher(withoutParameters(contentType)).matches();
    }

    private static String withoutParameters(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /**
     * The error for an operation with no response in an accepted media type.
     *
     * @param accept null if the request has none
     * @param given the media types of the responses
     */
    static String notGiven(String method, String path, @Nullable String accept, List<String> given) {
        var wanted = accept == null ? "Accept is missing" : "Accept is '%s'".formatted(accept);
        return given.isEmpty()
                ? wanted + ", which allows none of the media types of the response."
                : "%s; %s %s answers with %s.".formatted(wanted, method, path, String.join(" or ", given));
    }
}
