package dev.rocketgateway.subscription.document;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.subscription.fault.Bounds;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Parses values from strings and collects the fault of each. A valid placeholder replaces an invalid value, so that reading
 * continues and finds the next fault too. The caller must not use the result if there is any fault.
 */
final class FieldReader {

    private final Faults faults;

    FieldReader(Faults faults) {
        this.faults = faults;
    }

    Faults faults() {
        return faults;
    }

    /** Parses a value that has a default. The value is missing only if it was set to an empty string, which is a fault. */
    <T> T value(String field, Optional<String> text, Function<String, T> parser, T instead) {
        faults.require(text.isPresent(), field, "must not be empty");
        return optional(field, text, parser).orElse(instead);
    }

    /** Parses a required value that has no default. */
    <T> T required(String field, Optional<String> text, Function<String, T> parser, T instead) {
        faults.require(text.isPresent(), field, "is missing");
        return value(field, text, parser, instead);
    }

    /** Parses an optional value. */
    <T> Optional<T> optional(String field, Optional<String> text, Function<String, T> parser) {
        try {
            return text.map(parser);
        } catch (IllegalArgumentException e) {
            faults.add(field, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    int number(Bounds<Integer> bounds, Optional<String> text) {
        return within(bounds, value(bounds.field(), text, FieldReader::wholeNumber, bounds.least()));
    }

    Duration duration(Bounds<Duration> bounds, Optional<String> text) {
        return within(bounds, value(bounds.field(), text, Durations::parse, bounds.least()));
    }

    /** Checks the bounds of a value. The record would check them too, but would stop at its first fault. */
    private <T extends Comparable<T>> T within(Bounds<T> bounds, T value) {
        var fault = bounds.faultOf(value);
        faults.check(bounds.field(), fault);
        return fault == null ? value : bounds.least();
    }

    boolean flag(String field, Optional<String> text) {
        return value(field, text, FieldReader::bool, false);
    }

    <E extends Enum<E>> E choice(String field, Optional<String> text, Class<E> type) {
        var constants = List.of(type.getEnumConstants());
        return value(field, text, given -> choice(given, constants), constants.get(0));
    }

    private static <E extends Enum<E>> E choice(String text, List<E> constants) {
        return constants.stream()
                .filter(constant -> constant.name().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be " + either(constants.stream().map(Enum::name).toList())));
    }

    /** Lists alternatives: {@code a, b or c}. */
    static String either(List<String> names) {
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /** The current number of faults, for {@link #part(int, Supplier, Object)}. */
    int mark() {
        return faults.all().size();
    }

    /** Creates a record from values that were read, and collects the faults that the record finds. */
    <T> T part(Supplier<T> maker, T instead) {
        try {
            return maker.get();
        } catch (InvalidSubscriptionException e) {
            faults.addAll(e.faults());
            return instead;
        }
    }

    /**
     * Creates a record that checks a combination of values. Returns {@code instead} if there is a new fault since the mark: a
     * placeholder could break the combination and cause a second fault.
     */
    <T> T part(int mark, Supplier<T> maker, T instead) {
        return mark() > mark ? instead : part(maker, instead);
    }

    static int wholeNumber(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    static double decimal(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a number", e);
        }
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }
}
