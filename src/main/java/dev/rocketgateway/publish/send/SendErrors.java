package dev.rocketgateway.publish.send;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.SendFailedException;
import java.util.Objects;

/** Translates a failed send into a problem for the caller, without internal details. */
final class SendErrors {

    /**
     * The code of RocketMQ's {@code ResponseCode.SYSTEM_ERROR}: the only code that a broker returns if its timer is off or full.
     */
    static final int SYSTEM_ERROR = 1;

    private static final String NOT_SCHEDULED =
            "The broker did not schedule the message: its timer is full or off. If its timer is off, use "
                    + "delayLevel. Nothing was stored.";

    private SendErrors() {}

    /** Whether the message needs the broker's timer. Messages with a delay level do not, so they are never refused for it. */
    private static boolean isTimed(OutgoingMessage message) {
        return message.schedule()
                .filter(schedule -> !(schedule instanceof DeliverySchedule.Level))
                .isPresent();
    }

    static GatewayException toProblem(SendFailedException e, OutgoingMessage message) {
        var problem = GatewayException.causedBy(e, type(e, message), detail(e, message) + ofGroup(e, message));
        if (e.brokerCode() != null) {
            problem = problem.withBrokerCode(e.brokerCode());
        }
        if (e.reason() == SendFailedException.Reason.NO_REPLY) {
            return problem.withStored();
        }
        return e.maybeStored() ? problem.withUnknownOutcome() : problem;
    }

    private static ProblemType type(SendFailedException e, OutgoingMessage message) {
        return switch (e.reason()) {
            case TOPIC_NOT_FOUND -> ProblemType.TOPIC_NOT_FOUND;
            case TYPE_MISMATCH -> ProblemType.MESSAGE_TYPE_MISMATCH;
            case BROKER_TOO_OLD -> ProblemType.BROKER_TOO_OLD;
            case DENIED -> ProblemType.BROKER_DENIED;
            // A broker refuses illegal messages for several reasons. These two are the ones that the gateway does not
            // check itself.
            case ILLEGAL_MESSAGE -> isTimed(message) ? ProblemType.INVALID_REQUEST : ProblemType.MESSAGE_TOO_LARGE;
            case BROKER_BUSY -> ProblemType.BROKER_BUSY;
            case OVERLOADED -> ProblemType.OVERLOADED;
            case UNAVAILABLE -> ProblemType.BROKER_UNAVAILABLE;
            case TIMEOUT -> ProblemType.BROKER_TIMEOUT;
            case NO_REPLY -> ProblemType.REPLY_TIMEOUT;
            case INTERNAL -> ProblemType.INTERNAL;
        };
    }

    /** Explains why a message with a group could not go to another broker. */
    private static String ofGroup(SendFailedException e, OutgoingMessage message) {
        boolean ofOneBroker = e.reason() == SendFailedException.Reason.TIMEOUT
                || e.reason() == SendFailedException.Reason.UNAVAILABLE && e.brokerCode() == null;
        return ofOneBroker && message.messageGroup().isPresent()
                ? " All messages of a message group go to one queue, to keep their order, so only the broker of this "
                        + "queue can take them."
                : "";
    }

    private static String detail(SendFailedException e, OutgoingMessage message) {
        var topic = message.topic();
        return switch (e.reason()) {
            case TOPIC_NOT_FOUND -> "Topic '%s' has no route on any broker.".formatted(topic);
            case TYPE_MISMATCH ->
                "This message has type %2$s, but topic '%1$s' is declared for another type."
                        .formatted(topic, message.type());
            case BROKER_TOO_OLD ->
                "%s, so it would deliver the message at once. Use 'delayLevel' instead of 'delay' or 'deliverAt', or upgrade the broker. Nothing was stored."
                        .formatted(Objects.requireNonNullElse(e.detail(), "The broker has no timer"));
            case DENIED -> "The broker does not allow the gateway to publish to topic '%s'.".formatted(topic);
            case ILLEGAL_MESSAGE ->
                isTimed(message)
                        ? "The broker refused the message: it is scheduled further in the future than the broker allows, or is "
                                + "too large."
                        : "The broker refused the message: its body or its properties are too large for the broker.";
            case BROKER_BUSY -> "The broker is overloaded and refused the message; nothing was stored.";
            case OVERLOADED -> "Too many messages or bytes are in flight to the broker; nothing was stored.";
            case UNAVAILABLE -> unavailable(e, message);
            case NO_REPLY -> "No consumer replied in time; the message is stored, and a consumer may still process it.";
            case TIMEOUT ->
                e.maybeStored()
                        ? "The broker did not answer in time; the message may have been stored."
                        : "The broker did not answer earlier messages in time, so this message was neither sent nor stored.";
            case INTERNAL -> "The gateway failed because of a bug; its log has the details under the requestId.";
        };
    }

    private static String unavailable(SendFailedException e, OutgoingMessage message) {
        if (isTimed(message) && Integer.valueOf(SYSTEM_ERROR).equals(e.brokerCode())) {
            return NOT_SCHEDULED;
        }
        if (e.maybeStored()) {
            return "The connection to the broker broke after the message was sent; the message may have been stored.";
        }
        if (e.brokerCode() != null) {
            return "The broker refused the message with code %d; nothing was stored. Try again later."
                    .formatted(e.brokerCode());
        }
        return message.messageGroup().isPresent()
                ? "The broker with the queue of the message group cannot be reached; nothing was stored."
                : "No broker for topic '%s' can be reached; nothing was stored.".formatted(message.topic());
    }
}
