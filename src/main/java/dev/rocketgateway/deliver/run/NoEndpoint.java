package dev.rocketgateway.deliver.run;

import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookSender;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The sender of a pull subscription, whose source hands no message to the gateway's own delivery. */
final class NoEndpoint implements WebhookSender {

    @Override
    public CompletionStage<WebhookOutcome> send(WebhookMessage message) {
        return CompletableFuture.failedFuture(new IllegalStateException("a pull subscription sends no webhooks"));
    }

    @Override
    public void close() {
        // There is no connection.
    }
}
