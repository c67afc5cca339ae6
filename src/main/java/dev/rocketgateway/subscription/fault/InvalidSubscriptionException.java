package dev.rocketgateway.subscription.fault;

import java.util.List;
import java.util.stream.Collectors;

/** Says that a subscription is invalid, with the JSON name of every faulty field. */
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

    /** The first faulty field: dotted path in camel case, as in JSON. */
    public String field() {
        return faults.get(0).field();
    }

    /** The fault of the first field. */
    public String fault() {
        return faults.get(0).fault();
    }

    /** All faults, in the order of the fields. */
    public List<FieldFault> faults() {
        return faults;
    }
}
