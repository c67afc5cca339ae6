package dev.rocketgateway.problem.check;

import dev.rocketgateway.problem.FieldError;
import io.vertx.core.http.impl.HttpUtils;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Checks that normalization does not change a path, because a proxy that compares paths must see the path that is served (RFC 3986,
 * sections 3.3 and 6.2.2.3).
 */
final class PathSyntax {

    private static final FieldError PARAMETER =
            new FieldError("path", "has a parameter after ';'; put parameters into the query, after '?'");

    private PathSyntax() {}

    /**
     * Finds the first fault of a path: a parameter, a segment of dots, or an empty segment.
     *
     * @param path not decoded
     * @param withNames suggests a valid path for a path with empty segments
     * @return the fault, or null
     */
    static @Nullable FieldError fault(String path, UnaryOperator<String> withNames) {
        boolean empty = false;
        boolean dots = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == ';') {
                return PARAMETER;
            }
            if (c == '/') {
                empty |= path.startsWith("/", i + 1);
                dots |= isDots(path, i + 1);
            }
        }
        if (!empty && !dots) {
            return null;
        }
        return new FieldError(
                "path",
                "'%s' has %s; write '%s'"
                        .formatted(
                                path,
                                dots ? "a segment '.' or '..'" : "an empty segment",
                                dots ? normalized(path) : withNames.apply(path)));
    }

    /** Whether a segment of one or two dots, encoded or not, begins at the index. */
    private static boolean isDots(String path, int start) {
        int dots = 0;
        for (int i = start; i < path.length() && path.charAt(i) != '/'; dots++) {
            if (path.charAt(i) == '.') {
                i++;
            } else if (path.regionMatches(true, i, "%2e", 0, 3)) {
                i += 3;
            } else {
                return false;
            }
        }
        return dots == 1 || dots == 2;
    }

    private static String normalized(String path) {
        return HttpUtils.normalizePath(path).replaceAll("//+", "/");
    }
}
