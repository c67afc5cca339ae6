package dev.rocketgateway.problem.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * One operation of the API. Compares its path with the path of a request, to find suggestions for unknown paths.
 *
 * @param template path of the operation as the annotations write it
 * @param segments segments of its path; a parameter is an asterisk, and an action follows a colon
 * @param named the segments with the names of the parameters: <code>{topic}</code>
 * @param consumes accepted media types; empty if it accepts any, or has no body
 * @param produces media types of its responses
 */
record ApiOperation(
        String method,
        String template,
        List<String> segments,
        List<String> named,
        List<String> consumes,
        List<String> produces) {

    /** Stands for a parameter in the segments. */
    static final String ANY = "*";

    /** Maximum length of a name that is compared. A longer name is not a typo of a known name. */
    private static final int LONGEST_NAME = 100;

    static List<String> segmentsOf(String path) {
        return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
    }

    boolean matches(List<String> path) {
        if (path.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            var ours = parts(segments.get(i));
            var theirs = parts(path.get(i));
            for (int part = 0; part < ours.length; part++) {
                if (ours.length != theirs.length
                        || (ours[part].equals(ANY) ? theirs[part].isEmpty() : !ours[part].equals(theirs[part]))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The edit distance between the fixed parts of both paths; empty if their structure differs. */
    OptionalInt distance(List<String> path) {
        if (path.size() != segments.size()) {
            return OptionalInt.empty();
        }
        int sum = 0;
        for (int i = 0; i < segments.size(); i++) {
            var ours = parts(segments.get(i));
            var theirs = parts(path.get(i));
            if (ours.length != theirs.length) {
                return OptionalInt.empty();
            }
            for (int part = 0; part < ours.length; part++) {
                sum += distance(ours[part], theirs[part]);
            }
        }
        return OptionalInt.of(sum);
    }

    private static String[] parts(String segment) {
        return segment.split(":", 2);
    }

    private static int distance(String ours, String theirs) {
        if (ours.equals(ANY)) {
            return theirs.isEmpty() ? Integer.MAX_VALUE / 100 : 0;
        }
        // A difference in case does not count in the distance of names, but it makes another path.
        if (ours.equals(theirs)) {
            return 0;
        }
        return theirs.length() > LONGEST_NAME ? theirs.length() : Math.max(1, Nearest.distance(theirs, ours));
    }

    /**
     * This operation's path with the parameter values of another path. A parameter without a value in the other path is written as
     * its name in braces.
     */
    String pathLike(List<String> path) {
        var like = new StringBuilder();
        for (int i = 0; i < segments.size(); i++) {
            var ours = segments.get(i);
            var theirs = i < path.size() ? parts(path.get(i))[0] : "";
            like.append('/')
                    .append(
                            ours.startsWith(ANY) && !theirs.isEmpty()
                                    ? theirs + ours.substring(ANY.length())
                                    : named.get(i));
        }
        return like.toString();
    }

    /** This operation's path with the names of its parameters. */
    String path() {
        return "/" + String.join("/", named);
    }

    /** Whether the path would match this operation if its empty segments had values where this operation has parameters. */
    boolean matchesWithNames(List<String> path) {
        if (path.size() != segments.size()) {
            return false;
        }
        var filled = new ArrayList<String>();
        for (int i = 0; i < path.size(); i++) {
            filled.add(path.get(i).isEmpty() && segments.get(i).startsWith(ANY) ? segments.get(i) : path.get(i));
        }
        return matches(filled);
    }

    /** Whether this operation's path is longer than the given path and ends with it. */
    boolean endsWith(List<String> path) {
        int before = segments.size() - path.size();
        return before > 0 && segments.subList(before, segments.size()).equals(path);
    }

    /** Whether the last segment of this operation's path is a parameter with this action. */
    boolean endsWithAction(String action) {
        return segments.get(segments.size() - 1).equals(ANY + ":" + action);
    }

    private ApiOperation withSegments(List<String> other) {
        return new ApiOperation(method, template, other, named, consumes, produces);
    }

    /** Whether this operation's path is the given path followed by an action or by one more fixed segment. */
    boolean isBelow(List<String> path) {
        var last = segments.get(segments.size() - 1);
        if (segments.size() == path.size() + 1 && !last.startsWith(ANY)) {
            return withSegments(segments.subList(0, path.size())).matches(path);
        }
        if (segments.size() == path.size() && last.indexOf(':') > 0) {
            return withSegments(withoutAction(segments)).matches(path);
        }
        return false;
    }

    /** Whether the path has an action and, apart from the action, matches this operation's path. */
    boolean isAt(List<String> path) {
        int end = segments.size() - 1;
        return path.size() == segments.size()
                && path.get(end).indexOf(':') > 0
                && withSegments(withoutAction(segments)).matches(withoutAction(path));
    }

    private static List<String> withoutAction(List<String> path) {
        var shorter = new ArrayList<>(path);
        shorter.set(path.size() - 1, parts(path.get(path.size() - 1))[0]);
        return shorter;
    }

    boolean hasAction() {
        return segments.get(segments.size() - 1).indexOf(':') > 0;
    }
}
