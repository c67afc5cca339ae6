package dev.rocketgateway.look.tail;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.Instants;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.check.QueryReader;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request for a tail.
 *
 * @param from where to begin; not used with {@code resume}
 * @param resume where an earlier stream ended: the header {@code Last-Event-ID}
 * @param tags a tag filter, or {@code *}
 * @param limit number of messages after which the stream ends
 * @param duration time after which the stream ends; empty for no limit
 */
record TailRequest(From from, Optional<OffsetVector> resume, String tags, int limit, Optional<Duration> duration) {

    static final String LAST_EVENT_ID = "Last-Event-ID";

    private static final Set<String> PARAMETERS = Set.of("from", "tag", "limit", "for");
    private static final int MOST_MESSAGES = 1_000_000;
    private static final int MAX_TAGS_LENGTH = 4096;

    /** Where a tail begins. */
    sealed interface From {

        record Now() implements From {}

        record Beginning() implements From {}

        record At(Instant time) implements From {}
    }

    /**
     * Reads the request.
     *
     * @param lastEventId the header; null or empty if the request has none
     * @throws GatewayException {@code invalid-request}
     */
    static TailRequest read(UriInfo uri, @Nullable String lastEventId) {
        var request = QueryReader.read(
                uri,
                PARAMETERS,
                query -> new TailRequest(
                        query.value("from", TailRequest::from).orElseGet(From.Now::new),
                        Optional.empty(),
                        query.value("tag", TailRequest::tags).orElse("*"),
                        query.limit(Integer.MAX_VALUE, MOST_MESSAGES),
                        query.value("for", TailRequest::duration)));
        if (lastEventId == null || lastEventId.isEmpty()) {
            return request;
        }
        try {
            return new TailRequest(
                    request.from(),
                    Optional.of(OffsetVector.parse(lastEventId)),
                    request.tags(),
                    request.limit(),
                    request.duration());
        } catch (IllegalArgumentException e) {
            throw GatewayException.invalid(LAST_EVENT_ID, String.valueOf(e.getMessage()));
        }
    }

    private static From from(String text) {
        return switch (text) {
            case "now" -> new From.Now();
            case "beginning" -> new From.Beginning();
            default -> {
                try {
                    yield new From.At(Instants.parse(text));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("must be now, beginning or a time; " + e.getMessage(), e);
                }
            }
        };
    }

    private static Duration duration(String text) {
        var duration = Durations.parse(text);
        if (duration.isNegative() || duration.toMillis() == 0) {
            throw new IllegalArgumentException("must be greater than zero");
        }
        return duration;
    }

    /** Checks a tag filter in the same way as the filter of a subscription. */
    private static String tags(String text) {
        var expression = text.strip();
        if (expression.length() > MAX_TAGS_LENGTH) {
            throw new IllegalArgumentException("must have at most %d characters".formatted(MAX_TAGS_LENGTH));
        }
        if (expression.equals("*")) {
            return expression;
        }
        for (var part : expression.split("\\|\\|", -1)) {
            var tag = part.strip();
            if (tag.isEmpty() || tag.indexOf('|') >= 0 || tag.equals("*")) {
                throw new IllegalArgumentException("must be tags separated by ||, such as created || paid");
            }
        }
        return expression;
    }
}
