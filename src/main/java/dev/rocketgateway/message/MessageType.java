package dev.rocketgateway.message;

/** The types of message a topic can be declared for ({@code message.type}), as far as HTTP callers can send them. */
public enum MessageType {
    /** Neither of the others. */
    NORMAL,
    /** With a message group. */
    FIFO,
    /** Delivered later. */
    DELAY
}
