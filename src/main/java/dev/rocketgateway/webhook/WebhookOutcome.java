package dev.rocketgateway.webhook;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The outcome of one webhook.
 *
 * <pre>
 *                  ┌──▶ Withheld: nothing was sent
 *   webhook ───────┼──▶ Failed:   the endpoint did not answer
 *                  └──▶ Answered: the endpoint answered; the caller decides what the response means
 * </pre>
 */
public sealed interface WebhookOutcome {

    /** A short name for metrics and logs: {@code 2xx}, {@code redirect_not_followed}, {@code timeout}, … */
    String label();

    /**
     * The endpoint answered.
     *
     * @param status as it was sent, 100 to 999
     * @param retryAfter requested delay before the next request, counted from the response
     */
    record Answered(int status, Optional<Duration> retryAfter, AnswerBody content) implements WebhookOutcome {

        public Answered {
            if (status < 100 || status > 999) {
                throw new IllegalArgumentException("%d is not an HTTP status".formatted(status));
            }
        }

        /** A response with a complete body, and without headers that describe the body. */
        public Answered(int status, Optional<Duration> retryAfter, byte[] body) {
            this(status, retryAfter, AnswerBody.of(body));
        }

        /** The bytes of the body. */
        public byte[] body() {
            return content.bytes();
        }

        /** Statuses above 599 count as 5xx, as RFC 9110 requires (section 15). */
        @Override
        public String label() {
            return switch (status / 100) {
                case 1, 2, 4 -> status / 100 + "xx";
                case 3 -> "redirect_not_followed";
                default -> "5xx";
            };
        }
    }

    /**
     * The endpoint did not answer.
     *
     * @param detail what happened, in words
     */
    record Failed(Failure failure, String detail) implements WebhookOutcome {

        @Override
        public String label() {
            return failure.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Nothing was sent, for a reason that is not the endpoint's fault.
     *
     * @param detail the reason, in words
     */
    record Withheld(Cause cause, String detail) implements WebhookOutcome {

        @Override
        public String label() {
            return cause.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why there was no response. */
    enum Failure {
        /** The host name has no address, or the lookup did not end in time. */
        DNS,
        /** Nothing listens at the address, or there is no route to it. */
        CONNECT_REFUSED,
        /** The endpoint did not answer the attempt to connect. */
        CONNECT_TIMEOUT,
        /** The certificate or the handshake was not accepted, by either side. */
        TLS,
        /** The connection broke before the response. */
        RESET,
        /** The time for the whole exchange was up. */
        TIMEOUT,
        /** The response was not HTTP. */
        PROTOCOL,
        /** The gateway gave up because it is stopping. */
        ABORTED,
        /** None of the above. */
        OTHER
    }

    /** Why nothing was sent. */
    enum Cause {
        /** The target policy does not allow this target. */
        TARGET_DENIED,
        /** A secret is missing or invalid. */
        SECRET_MISSING,
        /** The token server gave no token. */
        TOKEN_UNAVAILABLE,
        /** The message cannot be converted to the payload format of the subscription. */
        UNREPRESENTABLE
    }
}
