package dev.rocketgateway.deliver;

import dev.rocketgateway.message.OutgoingMessage;
import org.jspecify.annotations.Nullable;

/** Sends the gateway's own messages: dead letters to a topic, and events for operators. Thread-safe; blocks. */
public interface MessageForwarder {

    /** A unique id for a new message. */
    String nextMessageId();

    /**
     * Publishes the message. Returns when the broker has stored the message.
     *
     * @throws ForwardingFailedException if the broker did not store the message, or if that is unknown
     */
    void forward(OutgoingMessage message);

    /** Says that the broker did not confirm a message. */
    final class ForwardingFailedException extends RuntimeException {

        public ForwardingFailedException(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }
}
