package dev.rocketgateway.message;

/** Names of the user properties that the gateway writes when it publishes a message and reads when it delivers a message. */
public final class MessageProperties {

    /** The media type with which the body was published. */
    public static final String CONTENT_TYPE = "contentType";

    /** The content coding with which the body was published; the gateway never decodes the body. */
    public static final String CONTENT_ENCODING = "contentEncoding";

    /** The caller's {@code Idempotency-Key}, by which receivers can recognize repeated messages. */
    public static final String IDEMPOTENCY_KEY = "idempotencyKey";

    private MessageProperties() {}
}
