package dev.rocketgateway.subscription;

/** What the gateway does with a message after an attempt to deliver it. */
public enum DeliveryVerdict {
    /** Acknowledge the message: it is delivered. */
    ACK,
    /** Deliver the message again later; after the last attempt, make it a dead letter. */
    RETRY,
    /** Make the message a dead letter without another attempt, because the same bytes will fail again. */
    DEAD_LETTER,
    /** Keep the message and pause the subscription, because the endpoint is gone. The gateway sends nothing until somebody resumes it. */
    PAUSE,
    /** Keep the message and do not count this attempt. */
    HOLD
}
