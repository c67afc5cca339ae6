package dev.rocketgateway.deliver;

import dev.rocketgateway.message.OutgoingMessage;
import org.jspecify.annotations.Nullable;

/** Sends messages of the gateway's own: dead letters to a topic, and events for operators. Thread-safe; blocks. */
public interface MessageForwarder {

    /** A unique id for a new message. */
    String nextMessageId();

    /**
     * Returns when the broker has stored the message.
     *
     * @throws ForwardingFailedException if it has not, or nobody knows
     */
    void forward(OutgoingMessage message);

    /** A message that was not confirmed. */
    final class ForwardingFailedException extends RuntimeException {

        public ForwardingFailedException(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }
}
