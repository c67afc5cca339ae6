package dev.rocketgateway.deliver.pull;

import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.lease.ReceiptResult;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.StoreUnavailableException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Translates failures of receiving, acknowledging and extending to problems of the API. */
final class LeaseProblems {

    private LeaseProblems() {}

    /** The problem of one receipt; empty if its call took effect. */
    static Optional<GatewayException> of(ReceiptResult result) {
        return switch (result.outcome()) {
            case DONE -> Optional.empty();
            case INVALID ->
                Optional.of(GatewayException.of(ProblemType.INVALID_RECEIPT, "This %s.".formatted(result.detail())));
            case ENDED ->
                Optional.of(GatewayException.of(
                        ProblemType.LEASE_ENDED, "The receipt cannot be used: %s.".formatted(result.detail())));
            case REFUSED ->
                Optional.of(GatewayException.of(
                        ProblemType.BROKER_REFUSED, "The request was not completed: %s.".formatted(result.detail())));
            case UNAVAILABLE ->
                Optional.of(GatewayException.of(
                        ProblemType.BROKER_UNAVAILABLE,
                        "The request had no effect: %s. Repeat the request.".formatted(result.detail())));
            case UNKNOWN ->
                Optional.of(GatewayException.of(
                                ProblemType.BROKER_TIMEOUT,
                                "The broker did not answer in time, so the request may have taken effect.")
                        .withUnknownOutcome());
        };
    }

    /** The problem if the whole request failed. */
    static GatewayException of(Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof GatewayException problem) {
            return problem;
        }
        if (cause instanceof StoreUnavailableException) {
            return GatewayException.causedBy(
                    cause,
                    ProblemType.STORE_UNAVAILABLE,
                    "The key for receipts cannot be read: %s.".formatted(cause.getMessage()));
        }
        var lease = LeaseException.of(failure);
        return switch (lease.reason()) {
            case UNAVAILABLE ->
                GatewayException.causedBy(
                        lease,
                        ProblemType.BROKER_UNAVAILABLE,
                        "No message was received: %s.".formatted(lease.getMessage()));
            case UNKNOWN ->
                GatewayException.causedBy(
                                lease,
                                ProblemType.BROKER_TIMEOUT,
                                "The broker did not answer in time. If the broker leased messages to this request, they come again when their leases end.")
                        .withUnknownOutcome();
            case REFUSED ->
                GatewayException.causedBy(
                        lease,
                        ProblemType.BROKER_REFUSED,
                        "The request was not completed: %s.".formatted(lease.getMessage()));
            case TOO_MANY_WAITERS ->
                GatewayException.causedBy(
                        lease,
                        ProblemType.TOO_MANY_WAITERS,
                        "No more callers can wait: %s.".formatted(lease.getMessage()));
        };
    }
}
