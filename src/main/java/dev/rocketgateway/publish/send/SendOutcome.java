package dev.rocketgateway.publish.send;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.publish.SendReceipt;

/** What became of one message of a batch. */
public sealed interface SendOutcome {

    /** The broker has it. */
    record Stored(SendReceipt receipt) implements SendOutcome {}

    /** It left for the broker, which does not say more of one-way messages. */
    record HandedOver() implements SendOutcome {}

    /** It was not sent, or not confirmed. */
    record Failed(GatewayException problem) implements SendOutcome {}

    default boolean failed() {
        return this instanceof Failed;
    }
}
