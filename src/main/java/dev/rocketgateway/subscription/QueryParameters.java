package dev.rocketgateway.subscription;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.Nearest;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The query of a request; a parameter that does not exist, or comes twice, is refused. */
final class QueryParameters {

    private static final int MAX_LIMIT = 1000;

    private final MultivaluedMap<String, String> given;

    /**
     * @throws GatewayException {@code invalid-request}
     */
    QueryParameters(UriInfo uri, Set<String> known) {
        this.given = uri.getQueryParameters();
        given.forEach((name, values) -> {
            if (!known.contains(name)) {
                throw invalid(name, Nearest.faultWithNames("is not a parameter of this operation", name, known));
            }
            if (values.size() > 1) {
                throw invalid(name, "is given twice");
            }
        });
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(given.getFirst(name)).filter(value -> !value.isEmpty());
    }

    /**
     * @param reader throws {@link IllegalArgumentException} with the fault
     */
    <T> Optional<T> value(String name, Function<String, T> reader) {
        try {
            return text(name).map(reader);
        } catch (IllegalArgumentException e) {
            throw invalid(name, String.valueOf(e.getMessage()));
        }
    }

    Optional<Long> number(String name) {
        try {
            return text(name).map(Long::valueOf);
        } catch (NumberFormatException e) {
            throw invalid(name, "must be the `next` value of the previous page");
        }
    }

    int limit(int defaultLimit) {
        try {
            int limit = text("limit").map(Integer::valueOf).orElse(defaultLimit);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw invalid("limit", "must be from 1 to " + MAX_LIMIT);
        }
        throw invalid("limit", "must be from 1 to " + MAX_LIMIT);
    }

    boolean flag(String name) {
        return text(name)
                .map(value -> switch (value) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw invalid(name, "must be true or false");
                })
                .orElse(false);
    }

    private static GatewayException invalid(String name, String fault) {
        return GatewayException.invalid(List.of(new FieldError(name, fault)));
    }
}
