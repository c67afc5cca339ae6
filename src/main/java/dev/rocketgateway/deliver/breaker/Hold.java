package dev.rocketgateway.deliver.breaker;

/**
 * The reason why the gateway holds the messages of a subscription, so that the endpoint gets only probes.
 *
 * @param reason a short name for metrics, logs and status
 * @param detail an explanation in words
 */
public record Hold(String reason, String detail) {

    /** Too many webhooks failed. */
    public static final String ENDPOINT_FAILING = "endpoint_failing";

    /** The endpoint asked for a pause ({@code Retry-After}). */
    public static final String RETRY_AFTER = "retry_after";

    /** The endpoint says that it is gone (410). */
    public static final String GONE = "gone";
}
