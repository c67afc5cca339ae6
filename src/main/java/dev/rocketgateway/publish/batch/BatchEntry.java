package dev.rocketgateway.publish.batch;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.problem.GatewayException;

/** One message of a batch after it was read. */
sealed interface BatchEntry {

    /** The message can be sent. */
    record Valid(OutgoingMessage message) implements BatchEntry {}

    /** The message is invalid; the other messages are not affected. */
    record Refused(GatewayException problem) implements BatchEntry {}
}
