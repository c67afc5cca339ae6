package dev.rocketgateway.subscription.fault;

/**
 * One thing wrong with a subscription.
 *
 * @param field dotted path in camel case, as in JSON
 * @param fault what is wrong with its value
 */
public record FieldFault(String field, String fault) {

    @Override
    public String toString() {
        return field + " " + fault;
    }
}
