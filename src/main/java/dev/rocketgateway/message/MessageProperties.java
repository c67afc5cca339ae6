package dev.rocketgateway.message;

/** Names of the user properties the gateway itself writes when it publishes and reads when it delivers. */
public final class MessageProperties {

    /** The media type the body was published with. */
    public static final String CONTENT_TYPE = "contentType";

    /** The content coding the body was published with; the gateway never decodes it. */
    public static final String CONTENT_ENCODING = "contentEncoding";

    /** The caller's {@code Idempotency-Key}, for receivers to recognize repeats. */
    public static final String IDEMPOTENCY_KEY = "idempotencyKey";

    private MessageProperties() {}
}
