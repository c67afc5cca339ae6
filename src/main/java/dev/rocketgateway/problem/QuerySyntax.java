package dev.rocketgateway.problem;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The form of a query that all readers understand alike. */
final class QuerySyntax {

    private static final FieldError NOT_UTF8 = new FieldError("query", "is not percent-encoded UTF-8");

    private QuerySyntax() {}

    /**
     * @param query not decoded, or null
     * @return what is wrong, or null
     */
    static @Nullable FieldError fault(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return null;
        }
        if (query.charAt(0) == '?') {
            return new FieldError("query", "begins with a second '?'; write one");
        }
        for (int start = 0; start <= query.length(); ) {
            int separator = query.indexOf('&', start);
            int end = separator < 0 ? query.length() : separator;
            int equals = query.indexOf('=', start);
            if (equals == start) {
                return new FieldError(
                        "query", "has a parameter without a name: '%s'".formatted(query.substring(start, end)));
            }
            if (start < end && (equals < 0 || equals > end)) {
                var name = query.substring(start, end);
                return new FieldError(name, "has no value; write %s=<value>".formatted(name));
            }
            start = end + 1;
        }
        return query.indexOf('%') < 0 || isUtf8(query) ? null : NOT_UTF8;
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
