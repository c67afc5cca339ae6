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
     * Asks the endpoint whether it wants webhooks from this origin, as CloudEvents webhooks do before the first. The stage
     * always completes normally, at the endpoint's timeout at the latest.
     *
     * @param origin the name the gateway is known by, such as {@code gateway.example.com}
     */
    CompletionStage<WebhookPermission> requestPermission(String origin);

    /** Closes idle connections; exchanges in flight may finish. Webhooks sent afterwards are {@code ABORTED}. */
    @Override
    public void close();
}
