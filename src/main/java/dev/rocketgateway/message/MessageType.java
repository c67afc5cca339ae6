package dev.rocketgateway.message;

/** The types of message a topic can be declared for ({@code message.type}), as far as HTTP callers can send them. */
public enum MessageType {
    /** A message without group and schedule. */
    NORMAL,
    /** A message with a message group. */
    FIFO,
    /** A message that is delivered later. */
    DELAY
}
