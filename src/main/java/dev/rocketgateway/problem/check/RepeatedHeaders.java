package dev.rocketgateway.problem.check;

import dev.rocketgateway.problem.FieldError;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Merges repeated headers into one, because later readers use only the first.
 *
 * <pre>
 * a list that comes twice                     | its lines, joined by commas (RFC 9110, section 5.3)
 * a single value that comes twice, the same   | that value
 * a single value that comes twice, different  | an error
 * traceparent that comes twice, different     | no traceparent (W3C Trace Context, section 3.2)
 * </pre>
 * The readers of message headers ({@code RocketMQ-*}, {@code ce-*}) handle repeats themselves. Used for one request.
 */
final class RepeatedHeaders implements BiConsumer<String, String> {

    private static final String TRACEPARENT = "traceparent";

    private static final List<String> LISTS =
            List.of("Accept", "Accept-Encoding", "Content-Encoding", "If-Match", "If-None-Match");
    private static final List<String> SINGLES = List.of(
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "Last-Event-ID",
            "X-API-Key",
            "X-Request-Id",
            TRACEPARENT);

    /** All names by their length, because most headers have a length that none of these names has. */
    private static final String[][] BY_LENGTH = new String[1 + longest()][0];

    static {
        for (var names : List.of(LISTS, SINGLES)) {
            for (var name : names) {
                var sameLength = new ArrayList<>(Arrays.asList(BY_LENGTH[name.length()]));
                sameLength.add(name);
                BY_LENGTH[name.length()] = sameLength.toArray(String[]::new);
            }
        }
    }

    private static int longest() {
        return Stream.of(LISTS, SINGLES)
                .flatMap(List::stream)
                .mapToInt(String::length)
                .max()
                .orElseThrow();
    }

    private int seen;
    private int repeated;

    private RepeatedHeaders() {}

    /**
     * Merges the repeated headers of a request in place.
     *
     * @return an error for each repeated header whose values must be equal but differ
     */
    static List<FieldError> merge(MultiMap headers) {
        var lines = new RepeatedHeaders();
        headers.forEach(lines);
        return lines.repeated == 0 ? List.of() : lines.mergeRepeated(headers);
    }

    @Override
    public void accept(String name, String value) {
        if (name.length() < BY_LENGTH.length) {
            for (var known : BY_LENGTH[name.length()]) {
                if (known.equalsIgnoreCase(name)) {
                    int bit = bit(known);
                    repeated |= seen & bit;
                    seen |= bit;
                }
            }
        }
    }

    private static int bit(String known) {
        int single = SINGLES.indexOf(known);
        return 1 << (single < 0 ? SINGLES.size() + LISTS.indexOf(known) : single);
    }

    private List<FieldError> mergeRepeated(MultiMap headers) {
        var errors = new ArrayList<FieldError>();
        for (var name : LISTS) {
            if ((repeated & bit(name)) != 0) {
                headers.set(name, String.join(", ", headers.getAll(name)));
            }
        }
        for (var name : SINGLES) {
            if ((repeated & bit(name)) != 0) {
                boolean same = headers.getAll(name).stream().distinct().count() == 1;
                if (same) {
                    headers.set(name, headers.get(name));
                } else {
                    // Neither value may be used, not even for the response.
                    headers.remove(name);
                    if (!name.equals(TRACEPARENT)) {
                        errors.add(new FieldError(name, "is given more than once, with different values"));
                    }
                }
            }
        }
        return errors;
    }
}
