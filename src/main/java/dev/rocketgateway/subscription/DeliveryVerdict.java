package dev.rocketgateway.subscription;

/** What the outcome of an attempt means for its message. */
public enum DeliveryVerdict {
    /** Delivered; the message is acknowledged. */
    ACK,
    /** Deliver the message again later; after the last attempt, make it a dead letter. */
    RETRY,
    /** The same bytes will fail again: make the message a dead letter at once. */
    DEAD_LETTER,
    /** The endpoint is gone: keep the message, and send nothing until the subscription is resumed. */
    PAUSE,
    /** Keep the message and count no attempt. */
    HOLD
}
