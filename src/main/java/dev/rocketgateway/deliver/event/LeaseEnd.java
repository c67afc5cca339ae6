package dev.rocketgateway.deliver.event;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * The end of a lease, which is one attempt of a worker to process one message.
 *
 * @param messageId the id of the message, cut to {@code Attempt.storedId}
 * @param attempt number of the attempt that has ended, from 1
 * @param at when the attempt began
 * @param took time from the beginning to the end, as far as this replica knows
 * @param bornAt when the message was published
 */
public record LeaseEnd(
        String subscription,
        String messageId,
        String topic,
        int attempt,
        Outcome outcome,
        Instant at,
        Duration took,
        Instant bornAt) {

    /** How a lease ends. */
    public enum Outcome {
        /** A worker acknowledged the message. */
        ACKNOWLEDGED("a worker acknowledged the message"),
        /** A worker gave the message back, by an extension of zero. */
        RELEASED("a worker gave the message back"),
        /** No worker acknowledged the message in time. Known only when the message comes again. */
        EXPIRED("the lease ended without an acknowledgment");

        private final String detail;

        Outcome(String detail) {
            this.detail = detail;
        }

        /** The label in metrics and in the attempt log. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What happened, in words. */
        public String detail() {
            return detail;
        }
    }

    public boolean succeeded() {
        return outcome == Outcome.ACKNOWLEDGED;
    }
}
