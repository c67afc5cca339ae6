package dev.rocketgateway.subscription.fault;

/**
 * One fault of a subscription.
 *
 * @param field dotted path in camel case, as in JSON
 * @param fault what is wrong with the value, such as {@code must be a string}
 */
public record FieldFault(String field, String fault) {

    @Override
    public String toString() {
        return field + " " + fault;
    }
}
