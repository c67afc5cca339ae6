package dev.rocketgateway.deliver.lease;

import java.time.Instant;
import java.util.Optional;

/**
 * The result of an acknowledgment or extension with one receipt.
 *
 * @param receipt the receipt of the new lease after an extension; empty otherwise
 * @param visibleUntil when the new lease ends
 * @param detail what is wrong, for people; empty if the call took effect
 */
public record ReceiptResult(Outcome outcome, Optional<String> receipt, Optional<Instant> visibleUntil, String detail) {

    /** The kinds of result. */
    public enum Outcome {
        /** The call took effect. */
        DONE,
        /** This is not a receipt of the subscription. */
        INVALID,
        /** The lease has ended: its time has passed, the message was acknowledged, or the lease was extended. */
        ENDED,
        /** The broker refused the call. */
        REFUSED,
        /** The broker did not get the call. It can be repeated. */
        UNAVAILABLE,
        /** The broker did not answer, so the call may have taken effect. */
        UNKNOWN
    }

    static ReceiptResult done() {
        return new ReceiptResult(Outcome.DONE, Optional.empty(), Optional.empty(), "");
    }

    static ReceiptResult renewed(String receipt, Instant visibleUntil) {
        return new ReceiptResult(Outcome.DONE, Optional.of(receipt), Optional.of(visibleUntil), "");
    }

    static ReceiptResult failed(Outcome outcome, String detail) {
        return new ReceiptResult(outcome, Optional.empty(), Optional.empty(), detail);
    }
}
