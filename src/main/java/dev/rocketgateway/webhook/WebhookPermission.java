package dev.rocketgateway.webhook;

import java.util.Optional;

/** Whether an endpoint wants webhooks, by the validation of CloudEvents webhooks. */
public sealed interface WebhookPermission {

    /**
     * The endpoint wants webhooks.
     *
     * @param requestsPerMinute the most webhooks that it accepts in a minute; empty for no limit
     */
    record Granted(Optional<Integer> requestsPerMinute) implements WebhookPermission {}

    /**
     * The endpoint answered, and did not say that it wants webhooks.
     *
     * @param detail the reason, in words
     */
    record Refused(String detail) implements WebhookPermission {}

    /** The endpoint could not be asked, or did not answer; it may answer later. */
    record Unknown(WebhookOutcome outcome) implements WebhookPermission {}
}
