package dev.rocketgateway.subscription;

/** A subscription that cannot be, with the field at fault in its JSON name. */
public final class InvalidSubscriptionException extends IllegalArgumentException {

    private final String field;
    private final String fault;

    public InvalidSubscriptionException(String field, String fault) {
        super(field + " " + fault);
        this.field = field;
        this.fault = fault;
    }

    /** Dotted path in camel case, as in JSON. */
    public String field() {
        return field;
    }

    public String fault() {
        return fault;
    }
}
