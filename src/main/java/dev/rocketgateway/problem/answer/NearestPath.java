package dev.rocketgateway.problem.answer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Suggests an existing path for an unknown one, or says where health and metrics are.
 *
 * <pre>
 * requested                 | suggested                | why
 * --------------------------|--------------------------|---------------------------------------
 * /topic/demo/messages      | /topics/demo/messages    | a typo
 * /subscriptions/a/pause    | /subscriptions/a:pause   | an action follows a colon
 * /messages, /pause         | /topics/{topic}/messages | the end of a path
 * /topics                   | /topics/{topic}          | a name is missing
 * /openapi, /swagger-ui     | /q/openapi, …            | the pages of the platform are below /q
 * /health, /ready, /metrics | the management port      | they are not on the port of the API
 * </pre>
 */
final class NearestPath {

    private static final int MOST_DIFFERENT = 4;

    /** The same for an action in place of a name, because a name can be any word. */
    private static final int MOST_DIFFERENT_ACTION = 2;

    /** Distance that is added if the last slash of the path is replaced by a colon. */
    private static final int JOINED = 1;

    private static final List<String> PAGES = List.of("/q/openapi", "/q/swagger-ui/");

    private static final List<String> MANAGEMENT_PAGES =
            List.of("/q/health", "/q/health/live", "/q/health/ready", "/q/health/started", "/q/metrics");

    private static final String MANAGEMENT =
            " Health and metrics are on the management port, which is 9000 by default.";

    private static final Pattern MANAGEMENT_PATHS = Pattern.compile("/q/(?:health|metrics)(?:/|$)");

    private static final Map<String, String> HINTS_BY_NAME = hintsByName();

    private record Candidate(String path, int distance) {}

    private NearestPath() {}

    private static Map<String, String> hintsByName() {
        var hints = new HashMap<String, String>();
        PAGES.forEach(page -> names(page).forEach(name -> hints.put(name, meant(page))));
        MANAGEMENT_PAGES.forEach(page -> names(page).forEach(name -> hints.put(name, MANAGEMENT)));
        return hints;
    }

    /** The names that lead to a page: its path without the slash at the end, this path without {@code /q}, and its last segment. */
    private static Stream<String> names(String page) {
        var name = page.endsWith("/") ? page.substring(0, page.length() - 1) : page;
        return Stream.of(name, name.substring("/q".length()), name.substring(name.lastIndexOf('/')));
    }

    private static String meant(String path) {
        return " Did you mean %s?".formatted(path);
    }

    /**
     * A suggestion for an unknown path: a sentence that begins with a space. A suggested path has the topic or subscription of the
     * given path.
     */
    static Optional<String> hint(String path, List<ApiOperation> operations) {
        var segments = ApiOperation.segmentsOf(path);
        return nearest(segments, operations)
                .map(NearestPath::meant)
                .or(() -> pageHint(path))
                .or(() -> ending(segments, operations)
                        .or(() -> withName(segments, operations))
                        .map(NearestPath::meant));
    }

    /**
     * A suggestion for a path that exists, but not for the method: the action that its last segment names. A sentence that begins with
     * a space.
     *
     * @param operations those with the method
     */
    static Optional<String> actionHint(String path, List<ApiOperation> operations) {
        var joined = joined(ApiOperation.segmentsOf(path));
        return operations.stream()
                .filter(ApiOperation::hasAction)
                .flatMap(operation -> candidate(operation, joined, 0))
                .filter(candidate -> candidate.distance() <= MOST_DIFFERENT_ACTION)
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::path))
                .map(Candidate::path)
                .map(NearestPath::meant);
    }

    private static Optional<String> nearest(List<String> segments, List<ApiOperation> operations) {
        var joined = joined(segments);
        return operations.stream()
                .flatMap(operation ->
                        Stream.concat(candidate(operation, segments, 0), candidate(operation, joined, JOINED)))
                .filter(candidate -> candidate.distance() <= MOST_DIFFERENT)
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::path))
                .map(Candidate::path);
    }

    private static Stream<Candidate> candidate(ApiOperation operation, List<String> segments, int more) {
        var distance = operation.distance(segments);
        return distance.isPresent() && distance.getAsInt() <= MOST_DIFFERENT
                ? Stream.of(new Candidate(operation.pathLike(segments), distance.getAsInt() + more))
                : Stream.empty();
    }

    /** The path with a colon in place of its last slash, as if its last segment were an action. */
    private static List<String> joined(List<String> segments) {
        if (segments.size() < 2) {
            return List.of();
        }
        int last = segments.size() - 1;
        var joined = new ArrayList<>(segments.subList(0, last - 1));
        joined.add(segments.get(last - 1) + ":" + segments.get(last));
        return joined;
    }

    private static Optional<String> pageHint(String path) {
        if (MANAGEMENT_PATHS.matcher(path).lookingAt()) {
            return Optional.of(MANAGEMENT);
        }
        return Nearest.of(path, HINTS_BY_NAME.keySet())
                .or(() -> Optional.of(path.substring(path.lastIndexOf('/'))).filter(HINTS_BY_NAME::containsKey))
                .map(HINTS_BY_NAME::get);
    }

    private static Optional<String> ending(List<String> segments, List<ApiOperation> operations) {
        var joined = joined(segments);
        return operations.stream()
                .filter(operation -> operation.endsWith(segments)
                        || (!joined.isEmpty() && operation.endsWith(joined))
                        || (segments.size() == 1 && operation.endsWithAction(segments.get(0))))
                .map(ApiOperation::path)
                .min(Comparator.naturalOrder());
    }

    private static Optional<String> withName(List<String> segments, List<ApiOperation> operations) {
        var longer = new ArrayList<>(segments);
        longer.add("");
        return operations.stream()
                .filter(operation -> operation.matchesWithNames(longer))
                .map(operation -> operation.pathLike(longer))
                .min(Comparator.naturalOrder());
    }
}
