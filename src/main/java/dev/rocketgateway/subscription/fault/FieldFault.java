package dev.rocketgateway.subscription.fault;

/**
 * One fault of a subscription.
 *
 * @param field dotted path in camel case, as in JSON
 * @param fault the fault of its value
 */
public record FieldFault(String field, String fault) {

    @Override
    public String toString() {
        return field + " " + fault;
    }
}
