package dev.rocketgateway.problem.check;

import dev.rocketgateway.problem.FieldError;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that all parsers understand a query in the same way. */
final class QuerySyntax {

    /** Maximum number of faults in one response, so that people can read the list. */
    private static final int MAX_FAULTS = 100;

    private QuerySyntax() {}

    /**
     * Finds the faults of a query.
     *
     * @param query not decoded, or null
     * @return the faults, at most {@value #MAX_FAULTS}
     */
    static List<FieldError> faults(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return List.of();
        }
        if (query.charAt(0) == '?') {
            return List.of(new FieldError("query", "begins with a second '?'; remove one"));
        }
        @Nullable List<FieldError> faults = null;
        for (int start = 0; start <= query.length(); ) {
            int separator = query.indexOf('&', start);
            int end = separator < 0 ? query.length() : separator;
            int equals = query.indexOf('=', start);
            if (equals == start) {
                faults = with(
                        faults, "query", "has a parameter without a name: '%s'".formatted(query.substring(start, end)));
            } else if (start < end && (equals < 0 || equals > end)) {
                var name = query.substring(start, end);
                faults = with(faults, name, "has no value; write %s=<value>".formatted(name));
            }
            start = end + 1;
        }
        if (query.indexOf('%') >= 0 && !isUtf8(query)) {
            faults = with(faults, "query", "is not percent-encoded UTF-8");
        }
        return faults == null ? List.of() : faults;
    }

    /** Creates the list only when needed, because most queries have no fault. */
    private static List<FieldError> with(@Nullable List<FieldError> faults, String field, String fault) {
        var all = faults == null ? new ArrayList<FieldError>() : faults;
        if (all.size() < MAX_FAULTS) {
            all.add(new FieldError(field, fault));
        }
        return all;
    }

    private static boolean isUtf8(String query) {
        var bytes = ByteBuffer.allocate(query.length());
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c == '%' && i + 2 < query.length()) {
                bytes.put((byte) Integer.parseInt(query, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.put((byte) c);
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
