package dev.rocketgateway.publish.recall;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

/** Translates a failed recall into a problem for the caller, without internal details. */
final class RecallErrors {

    private RecallErrors() {}

    static GatewayException toProblem(Throwable failure, TopicName topic) {
        var cause = Causes.of(failure);
        var failed = cause instanceof SendFailedException e
                ? e
                : new SendFailedException(
                        cause instanceof TimeoutException ? Reason.TIMEOUT : Reason.INTERNAL, null, true, cause);
        var problem = GatewayException.causedBy(failed, type(failed.reason()), detail(failed, topic));
        if (failed.brokerCode() != null) {
            problem = problem.withBrokerCode(failed.brokerCode());
        }
        return failed.maybeStored() ? problem.withUnknownOutcome() : problem;
    }

    private static ProblemType type(Reason reason) {
        return switch (reason) {
            case TOPIC_NOT_FOUND -> ProblemType.TOPIC_NOT_FOUND;
            case BROKER_TOO_OLD -> ProblemType.BROKER_TOO_OLD;
            case DENIED -> ProblemType.BROKER_DENIED;
            case BROKER_BUSY -> ProblemType.BROKER_BUSY;
            case OVERLOADED -> ProblemType.OVERLOADED;
            case UNAVAILABLE -> ProblemType.BROKER_UNAVAILABLE;
            case TIMEOUT -> ProblemType.BROKER_TIMEOUT;
            // These reasons are for messages only, so a recall cannot have them.
            case TYPE_MISMATCH, ILLEGAL_MESSAGE, NO_REPLY, INTERNAL -> ProblemType.INTERNAL;
        };
    }

    private static String detail(SendFailedException e, TopicName topic) {
        return switch (e.reason()) {
            case TOPIC_NOT_FOUND -> "Topic '%s' has no route on any broker.".formatted(topic);
            case BROKER_TOO_OLD ->
                "%s. The message was not recalled; upgrade the broker."
                        .formatted(Objects.requireNonNullElse(e.detail(), "The broker is too old for recalls"));
            case DENIED -> "The broker does not allow the gateway to recall messages of topic '%s'.".formatted(topic);
            case BROKER_BUSY -> "The broker is overloaded and refused the recall. Try again later.";
            case OVERLOADED -> "Too many requests are in flight to the brokers. Try again later.";
            case UNAVAILABLE ->
                e.maybeStored()
                        ? "The connection to the broker broke after the request was sent. The message may have been recalled;"
                                + " repeat the request to make sure."
                        : e.brokerCode() != null
                                ? "The broker refused the recall with code %d, so the message was not recalled. Try again later."
                                        .formatted(e.brokerCode())
                                : "The broker of the message cannot be reached, so the message was not recalled. Try again later.";
            case TIMEOUT ->
                "The broker did not answer in time. The message may have been recalled; repeat the request to make sure.";
            case TYPE_MISMATCH, ILLEGAL_MESSAGE, NO_REPLY, INTERNAL ->
                "The gateway failed because of a bug; its log has the details under the requestId.";
        };
    }
}
