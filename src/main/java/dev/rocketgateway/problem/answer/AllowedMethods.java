package dev.rocketgateway.problem.answer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the methods of a path: the only source of every {@code Allow} header (RFC 9110, section 10.2.1).
 *
 * <p>Built once from the operations of the API. The pages of Quarkus below {@code /q} allow only GET, HEAD and OPTIONS.
 */
@ApplicationScoped
class AllowedMethods {

    private static final Pattern PARAMETER = Pattern.compile("\\{[^:}]+(?::([^}]+))?}");
    private static final Pattern PLATFORM = Pattern.compile("/q/(?:swagger-ui(?:/.*)?|openapi(?:\\.[a-z]+)?)");
    private static final String READ_ONLY = "GET, HEAD, OPTIONS";

    /**
     * @param start the part before the first parameter, which excludes most paths without the pattern
     * @param literals number of literal characters in the path template. If several templates match a path, only those with the
     *     most literal characters count (JAX-RS, section 3.7.2).
     */
    private record Operation(String start, Pattern path, int literals, String method) {

        static Operation of(ApiOperation operation) {
            var template = operation.template();
            var parameter = PARAMETER.matcher(template);
            return new Operation(
                    parameter.find() ? template.substring(0, parameter.start()) : template,
                    pattern(template),
                    PARAMETER.matcher(template).replaceAll("").length(),
                    operation.method());
        }

        boolean matches(String other) {
            return other.startsWith(start) && path.matcher(other).matches();
        }
    }

    private final List<Operation> operations;

    AllowedMethods(BeanManager beans) {
        operations = ApiOperations.all(beans).stream().map(Operation::of).toList();
    }

    /** The value of {@code Allow} for a path; empty if the path does not exist. */
    Optional<String> at(String path) {
        if (path.startsWith("/q/") && PLATFORM.matcher(path).matches()) {
            return Optional.of(READ_ONLY);
        }
        var matching = new ArrayList<Operation>();
        for (var operation : operations) {
            if (operation.matches(path)) {
                int most = matching.isEmpty() ? 0 : matching.get(0).literals();
                if (operation.literals() > most) {
                    matching.clear();
                }
                if (operation.literals() >= most) {
                    matching.add(operation);
                }
            }
        }
        var methods = matching.stream().map(Operation::method).collect(Collectors.toCollection(TreeSet::new));
        if (methods.isEmpty()) {
            return Optional.empty();
        }
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        methods.add(HttpMethod.OPTIONS);
        return Optional.of(String.join(", ", methods));
    }

    private static Pattern pattern(String template) {
        var pattern = new StringBuilder();
        int literal = 0;
        for (var parameter = PARAMETER.matcher(template); parameter.find(); literal = parameter.end()) {
            var form = parameter.group(1);
            pattern.append(Pattern.quote(template.substring(literal, parameter.start())))
                    .append(form == null ? "[^/]+" : form.strip());
        }
        return Pattern.compile(
                pattern.append(Pattern.quote(template.substring(literal))).toString());
    }
}
