package dev.rocketgateway.webhook;

import java.util.concurrent.CompletionStage;

/**
 * Sends the webhooks of one endpoint over separate connections, so that a hanging endpoint delays no other.
 *
 * <p>Thread-safe; may be called from any thread.
 */
public interface WebhookSender extends AutoCloseable {

    /** Sends one webhook. The stage always completes normally, at the endpoint's timeout at the latest. */
    CompletionStage<WebhookOutcome> send(WebhookMessage message);

    /**
     * Whether {@link #send} reads files or needs much processor time before it returns, so that it should not be called on an event
     * loop.
     */
    default boolean takesLong() {
        return false;
    }

    /**
     * Closes idle connections; exchanges under way may finish. A webhook that is sent after this call has the outcome
     * {@code ABORTED}.
     */
    @Override
    public void close();
}
