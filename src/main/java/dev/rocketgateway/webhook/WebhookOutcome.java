package dev.rocketgateway.webhook;

import java.util.Locale;

/** What came of one webhook. */
public sealed interface WebhookOutcome {

    /** A short name for metrics and logs: {@code 2xx}, {@code 5xx}, {@code timeout}, … */
    String label();

    /** The endpoint answered; the body plays no part. */
    record Answered(int status) implements WebhookOutcome {

        @Override
        public String label() {
            return status / 100 + "xx";
        }
    }

    /** The endpoint did not answer. */
    record Failed(Failure failure) implements WebhookOutcome {

        @Override
        public String label() {
            return failure.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why there was no answer. */
    enum Failure {
        /** The host name has no address. */
        DNS,
        /** No connection: refused, unreachable or too slow. */
        CONNECT,
        /** The certificate or the handshake was not accepted. */
        TLS,
        /** The connection broke before the answer. */
        RESET,
        /** The time for the whole exchange was up. */
        TIMEOUT,
        /** The gateway gave up because it is stopping. */
        ABORTED,
        /** None of the above. */
        OTHER
    }
}
