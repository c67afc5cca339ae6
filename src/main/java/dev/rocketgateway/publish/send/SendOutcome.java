package dev.rocketgateway.publish.send;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.publish.SendReceipt;
import org.jspecify.annotations.Nullable;

/** The outcome of sending one message. */
public sealed interface SendOutcome {

    /** The broker has stored the message. */
    record Stored(SendReceipt receipt) implements SendOutcome {}

    /** The one-way message was handed to the network; the broker does not confirm it. */
    record HandedOver() implements SendOutcome {}

    /** The message was not sent, or not confirmed. */
    record Failed(GatewayException problem) implements SendOutcome {}

    /** The code of the problem; null if the message did not fail. */
    default @Nullable String error() {
        return this instanceof Failed failed ? failed.problem().type().code() : null;
    }

    default boolean failed() {
        return this instanceof Failed;
    }
}
