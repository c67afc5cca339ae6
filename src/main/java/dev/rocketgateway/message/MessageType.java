package dev.rocketgateway.message;

/** The types of messages that HTTP callers can send. A topic can be declared for one type ({@code message.type}). */
public enum MessageType {
    /** A message without a message group and without a delay. */
    NORMAL,
    /** A message with a message group. */
    FIFO,
    /** A message that is delivered later. */
    DELAY
}
