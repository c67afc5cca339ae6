package dev.rocketgateway.subscription.fault;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects all faults of a subscription. Not thread-safe. */
public final class Faults {

    private static final int MAX_FAULTS = 100;
    private static final int MAX_LENGTH = 300;

    private final List<FieldFault> faults = new ArrayList<>();

    /** Adds a fault, unless the field already has one: a second fault may follow from the first. */
    public void add(String field, String fault) {
        // There is a limit, because people read the faults, and a document could have thousands.
        if (faults.size() < MAX_FAULTS
                && faults.stream().noneMatch(known -> known.field().equals(clipped(field)))) {
            faults.add(new FieldFault(clipped(field), clipped(fault)));
        }
    }

    private static String clipped(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    }

    /** Adds the fault if the condition is false. */
    public Faults require(boolean so, String field, String fault) {
        if (!so) {
            add(field, fault);
        }
        return this;
    }

    /** Adds the fault, if there is one. */
    public Faults check(String field, @Nullable String fault) {
        if (fault != null) {
            add(field, fault);
        }
        return this;
    }

    public <T extends Comparable<T>> Faults check(Bounds<T> bounds, T value) {
        return check(bounds.field(), bounds.faultOf(value));
    }

    public void addAll(List<FieldFault> others) {
        others.forEach(other -> add(other.field(), other.fault()));
    }

    public List<FieldFault> all() {
        return List.copyOf(faults);
    }

    /**
     * Throws the collected faults as one exception.
     *
     * @throws InvalidSubscriptionException with every fault, if there is any
     */
    public void throwIfAny() {
        if (!faults.isEmpty()) {
            throw new InvalidSubscriptionException(faults);
        }
    }
}
