package dev.rocketgateway.publish.attributes;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects all faults of a request. Not thread-safe. */
public final class FieldErrors {

    private static final int MAX_ERRORS = 100;
    private static final int MAX_LENGTH = 300;

    private final List<FieldError> errors = new ArrayList<>();
    private ProblemType type = ProblemType.INVALID_REQUEST;

    public void add(String field, String fault) {
        // The number is limited, because people read the errors and a request could have millions.
        if (errors.size() < MAX_ERRORS) {
            var error = new FieldError(clipped(field), clipped(fault));
            if (!errors.contains(error)) {
                errors.add(error);
            }
        }
    }

    private static String clipped(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    }

    /** Notes the fault unless it is null. Returns true if it is null. */
    public boolean check(String field, @Nullable String fault) {
        if (fault != null) {
            add(field, fault);
        }
        return fault == null;
    }

    /** Whether the field already has a fault. */
    boolean has(String field) {
        return errors.stream().anyMatch(error -> error.field().equals(clipped(field)));
    }

    /**
     * Reads a part of the request, or notes all its faults, so that the other parts can be read too.
     *
     * @throws GatewayException if the problem of the part names no field: the problem of the faults noted before, or else that of
     *     the part
     */
    public <T> Optional<T> collect(Supplier<T> part) {
        try {
            return Optional.of(part.get());
        } catch (GatewayException e) {
            if (e.errors().isEmpty()) {
                throwIfAny();
                throw e;
            }
            if (e.type() != ProblemType.INVALID_REQUEST) {
                type = e.type();
            }
            e.errors().forEach(error -> add(error.field(), error.message()));
            return Optional.empty();
        }
    }

    /** Converts the string with the reader. If the reader throws, notes the message of its exception as the fault. */
    public <T> Optional<T> read(String field, String text, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException | ArithmeticException malformed) {
            add(field, String.valueOf(malformed.getMessage()));
            return Optional.empty();
        }
    }

    /** Converts the string with the reader. If the reader throws, notes the given fault. */
    public <T> Optional<T> read(String field, String text, Function<String, T> reader, String fault) {
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException malformed) {
            add(field, fault);
            return Optional.empty();
        }
    }

    /**
     * Throws one problem with all noted faults, if there are any.
     *
     * @throws GatewayException {@code invalid-request}, or the problem of a part, if there is any fault
     */
    public void throwIfAny() {
        if (!errors.isEmpty()) {
            throw GatewayException.invalid(type, errors);
        }
    }
}
