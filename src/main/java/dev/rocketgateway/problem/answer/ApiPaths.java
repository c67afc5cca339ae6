package dev.rocketgateway.problem.answer;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.tracing.RouteNames;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.HttpMethod;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the errors for unknown paths, methods and media types, with suggestions.
 *
 * <p>The REST layer would read {@code /subscriptions/a:stop} as a subscription named {@code a:stop}, and it ignores a slash at the
 * end of a path. So this class refuses unknown actions and slashes at the end before the REST layer; {@link MethodChecks} refuses
 * wrong methods.
 */
@ApplicationScoped
public class ApiPaths implements RouteNames {

    private static final int BEFORE_THE_REST_LAYER = 800;
    private static final Pattern PAGES = Pattern.compile("/q/(?:swagger-ui|dev-ui)?(?:/|$)");

    private final AllowedMethods allowedMethods;
    private final List<ApiOperation> operations;

    ApiPaths(AllowedMethods allowedMethods, BeanManager beans) {
        this.allowedMethods = allowedMethods;
        operations = ApiOperations.all(beans);
    }

    void register(@Observes Filters filters) {
        filters.register(this::refuseUnknownPaths, BEFORE_THE_REST_LAYER);
    }

    private void refuseUnknownPaths(RoutingContext context) {
        var path = context.request().path();
        if (hasSlashTooMany(path) || isUnknownAction(path)) {
            ProblemAnswers.fail(context, GatewayException.of(ProblemType.NOT_FOUND, nothingAt(path)));
        } else {
            context.next();
        }
    }

    /** Whether the path has an unknown action at a place where operations have actions. */
    private boolean isUnknownAction(String path) {
        if (path.indexOf(':') < 0) {
            return false;
        }
        var segments = ApiOperation.segmentsOf(path);
        return operations.stream().noneMatch(operation -> operation.matches(segments))
                && operations.stream().anyMatch(operation -> operation.hasAction() && operation.isAt(segments));
    }

    /** Whether the path ends with a slash. The pages of the platform, such as {@code /q/swagger-ui/}, may end with one. */
    private static boolean hasSlashTooMany(String path) {
        return path.length() > 1 && path.endsWith("/") && !PAGES.matcher(path).lookingAt();
    }

    /** The error for a path that does not exist. */
    String nothingAt(String path) {
        if (hasSlashTooMany(path)) {
            var without = path.substring(0, path.length() - 1);
            return allowedMethods.at(without).isPresent()
                    ? "The path %s does not exist. Did you mean %s?".formatted(path, without)
                    : nothingAt(without);
        }
        var segments = ApiOperation.segmentsOf(path);
        var meant =
                NearestPath.hint(path, operations).or(() -> actionsAt(segments)).orElse("");
        return "The path %s does not exist.%s".formatted(path, meant);
    }

    /**
     * Suggests a valid path for a path with empty segments, such as {@code /topics//messages}: the path of a matching operation, or
     * else the given path without its empty segments.
     */
    public String withNames(String path) {
        var segments = ApiOperation.segmentsOf(path);
        return operations.stream()
                .filter(operation -> operation.matchesWithNames(segments))
                .map(operation -> operation.pathLike(segments))
                .min(Comparator.naturalOrder())
                .orElseGet(() -> path.replaceAll("//+", "/"));
    }

    @Override
    public Optional<String> route(String method, String path) {
        var segments = ApiOperation.segmentsOf(path);
        return operations.stream()
                .filter(operation -> operation.method().equals(method) && operation.matches(segments))
                .map(ApiOperation::path)
                .findFirst();
    }

    private Optional<String> actionsAt(List<String> segments) {
        var actions = operations.stream()
                .filter(operation -> operation.hasAction() && operation.isAt(segments))
                .map(operation -> operation.pathLike(segments))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return Optional.of(actions).filter(list -> !list.isEmpty()).map(" Available: %s."::formatted);
    }

    /** The error for a method that a path does not support. */
    String notAllowed(String method, String path) {
        var segments = ApiOperation.segmentsOf(path);
        var below = operations.stream()
                .filter(operation -> operation.method().equals(method) && operation.isBelow(segments))
                .map(operation -> operation.pathLike(segments))
                .distinct()
                .sorted()
                .toList();
        return "%s is not allowed on %s%s"
                .formatted(
                        method,
                        path,
                        below.isEmpty()
                                ? use(path) + NearestPath.actionHint(method, path, operations)
                                : ". Use %s on %s.".formatted(method, String.join(", ", below)));
    }

    private String use(String path) {
        var methods = allowedMethods.at(path).stream()
                .flatMap(allowed -> Arrays.stream(allowed.split(", ")))
                .filter(method -> !method.equals(HttpMethod.OPTIONS) && !method.equals(HttpMethod.HEAD))
                .collect(Collectors.joining(" or "));
        return methods.isEmpty() ? "." : "; use %s.".formatted(methods);
    }

    /**
     * The error for a media type that an operation does not accept.
     *
     * @param contentType null if the request has none
     */
    String notTaken(String method, String path, @Nullable String contentType) {
        return MediaTypes.notTaken(method, path, contentType, types(method, path, ApiOperation::consumes));
    }

    /**
     * The error for an operation with no response in an accepted media type.
     *
     * @param accept null if the request has none
     */
    String notGiven(String method, String path, @Nullable String accept) {
        return MediaTypes.notGiven(method, path, accept, types(method, path, ApiOperation::produces));
    }

    private List<String> types(String method, String path, Function<ApiOperation, List<String>> types) {
        var segments = ApiOperation.segmentsOf(path);
        return operations.stream()
                .filter(operation -> operation.method().equals(method) && operation.matches(segments))
                .flatMap(operation -> types.apply(operation).stream())
                .distinct()
                .toList();
    }
}
