package dev.rocketgateway.subscription.fault;

import java.util.List;
import java.util.stream.Collectors;

/** A subscription that cannot be, with every field at fault in its JSON name. */
public final class InvalidSubscriptionException extends IllegalArgumentException {

    private final List<FieldFault> faults;

    public InvalidSubscriptionException(String field, String fault) {
        this(List.of(new FieldFault(field, fault)));
    }

    /**
     * @param faults at least one
     */
    public InvalidSubscriptionException(List<FieldFault> faults) {
        super(faults.stream().map(FieldFault::toString).collect(Collectors.joining("; ")));
        this.faults = List.copyOf(faults);
    }

    /** The first field at fault: dotted path in camel case, as in JSON. */
    public String field() {
        return faults.get(0).field();
    }

    /** What is wrong with the first field. */
    public String fault() {
        return faults.get(0).fault();
    }

    /** All of them, in the order of the fields. */
    public List<FieldFault> faults() {
        return faults;
    }
}
