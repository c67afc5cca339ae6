package dev.rocketgateway.webhook;

import java.util.Optional;

/** Whether an endpoint wants webhooks, by the validation of CloudEvents webhooks. */
public sealed interface WebhookPermission {

    /**
     * It does.
     *
     * @param requestsPerMinute how many at most; empty for any number
     */
    record Granted(Optional<Integer> requestsPerMinute) implements WebhookPermission {}

    /**
     * It answered, and did not say that it does.
     *
     * @param detail for people
     */
    record Refused(String detail) implements WebhookPermission {}

    /** It could not be asked, or did not answer; it may later. */
    record Unknown(WebhookOutcome outcome) implements WebhookPermission {}
}
