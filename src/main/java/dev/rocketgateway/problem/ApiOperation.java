package dev.rocketgateway.problem;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One operation of the API, as its resource declares it.
 *
 * @param segments of its path; a parameter is an asterisk, and an action follows a colon
 * @param consumes the media types it takes; empty if it takes any, or none
 */
record ApiOperation(String method, List<String> segments, List<String> consumes) {

    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]+}");
    private static final String ANY = "*";

    /** What is longer is none of ours with a typing error. */
    private static final int LONGEST_NAME = 100;

    static Stream<ApiOperation> of(Class<?> resource) {
        return Arrays.stream(resource.getDeclaredMethods()).flatMap(method -> of(resource, method));
    }

    private static Stream<ApiOperation> of(Class<?> resource, Method method) {
        var template = resource.getAnnotation(Path.class).value()
                + Optional.ofNullable(method.getAnnotation(Path.class))
                        .map(path -> path.value().startsWith("/") ? path.value() : "/" + path.value())
                        .orElse("");
        var consumes = Optional.ofNullable(method.getAnnotation(Consumes.class))
                .or(() -> Optional.ofNullable(resource.getAnnotation(Consumes.class)))
                .map(types -> List.of(types.value()))
                .filter(types -> !types.contains("*/*"))
                .orElse(List.of());
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                .filter(verb -> verb != null)
                .map(verb -> new ApiOperation(
                        verb.value(), segmentsOf(PARAMETER.matcher(template).replaceAll(ANY)), consumes));
    }

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

    /** In how many characters the fixed parts of a path are others; empty if it has not the same parts. */
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
        // Case is not what tells two names of ours apart, but it makes a path another.
        if (ours.equals(theirs)) {
            return 0;
        }
        return theirs.length() > LONGEST_NAME ? theirs.length() : Math.max(1, Nearest.distance(theirs, ours));
    }

    /** This operation's path with the parameters of another path. */
    String pathLike(List<String> path) {
        var like = new StringBuilder();
        for (int i = 0; i < segments.size(); i++) {
            var ours = segments.get(i);
            like.append('/')
                    .append(
                            i < path.size() && ours.startsWith(ANY)
                                    ? parts(path.get(i))[0] + ours.substring(ANY.length())
                                    : ours);
        }
        return like.toString();
    }

    /** Whether the last part of this path is an action or a name, and all before it is the other path. */
    boolean isBelow(List<String> path) {
        var last = segments.get(segments.size() - 1);
        if (segments.size() == path.size() + 1 && !last.startsWith(ANY)) {
            return new ApiOperation(method, segments.subList(0, path.size()), consumes).matches(path);
        }
        if (segments.size() == path.size() && last.indexOf(':') > 0) {
            return new ApiOperation(method, withoutAction(segments), consumes).matches(path);
        }
        return false;
    }

    /** Whether all but the action is the path of this operation. */
    boolean isAt(List<String> path) {
        int end = segments.size() - 1;
        return path.size() == segments.size()
                && path.get(end).indexOf(':') > 0
                && new ApiOperation(method, withoutAction(segments), consumes).matches(withoutAction(path));
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
