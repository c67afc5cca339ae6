package dev.rocketgateway.publish.send;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.publish.SendReceipt;

/** The outcome of sending one message. */
public sealed interface SendOutcome {

    /** The broker has stored the message. */
    record Stored(SendReceipt receipt) implements SendOutcome {}

    /** The one-way message was handed to the network; the broker does not confirm it. */
    record HandedOver() implements SendOutcome {}

    /** The message was not sent, or not confirmed. */
    record Failed(GatewayException problem) implements SendOutcome {}

    default boolean failed() {
        return this instanceof Failed;
    }
}
