package dev.rocketgateway.problem.check;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.answer.Nearest;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the query of a request and collects its faults: unknown parameters, repeated parameters, and invalid values. A value that
 * cannot be read counts as absent.
 */
public final class QueryReader {

    private static final int MAX_ERRORS = 100;

    private final MultivaluedMap<String, String> given;
    private final List<FieldError> errors = new ArrayList<>();

    private QueryReader(UriInfo uri, Set<String> known) {
        this.given = uri.getQueryParameters();
        given.forEach((name, values) -> {
            if (!known.contains(name)) {
                fault(name, Nearest.faultWithNames("is not a parameter of this operation", name, known));
            } else if (values.size() > 1) {
                fault(name, "is given twice");
            }
        });
    }

    /**
     * Reads all parameters.
     *
     * @param known the names of the existing parameters
     * @param reader creates the result, which is not used if there is any fault
     * @throws GatewayException {@code invalid-request} with an error for each fault
     */
    public static <T> T read(UriInfo uri, Set<String> known, Function<QueryReader, T> reader) {
        var query = new QueryReader(uri, known);
        var result = reader.apply(query);
        if (!query.errors.isEmpty()) {
            throw GatewayException.invalid(query.errors);
        }
        return result;
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(given.getFirst(name)).filter(value -> !value.isEmpty());
    }

    /**
     * Reads and converts a parameter. Empty if the parameter is absent, empty or invalid.
     *
     * @param reader converts the value; throws {@link IllegalArgumentException} with the fault
     */
    public <T> Optional<T> value(String name, Function<String, T> reader) {
        try {
            return text(name).map(reader);
        } catch (IllegalArgumentException e) {
            fault(name, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    public Optional<Long> number(String name) {
        return value(name, text -> {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be the `next` value of the previous page", e);
            }
        });
    }

    public int limit(int defaultLimit, int most) {
        return value("limit", text -> {
                    if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
                        throw new IllegalArgumentException("must be from 1 to " + most);
                    }
                    return Integer.parseInt(text);
                })
                .orElse(defaultLimit);
    }

    public boolean flag(String name) {
        return value(name, text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException("must be true or false");
                })
                .orElse(false);
    }

    private void fault(String name, String fault) {
        if (errors.size() < MAX_ERRORS) {
            errors.add(new FieldError(name, fault));
        }
    }
}
