package dev.rocketgateway.publish.batch;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.problem.GatewayException;

/** One message of a batch, as it was read. */
sealed interface BatchEntry {

    /** It can be sent. */
    record Valid(OutgoingMessage message) implements BatchEntry {}

    /** Something is wrong with it, which is no fault of the others. */
    record Refused(GatewayException problem) implements BatchEntry {}
}
