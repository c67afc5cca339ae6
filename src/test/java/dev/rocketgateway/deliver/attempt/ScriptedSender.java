package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookSender;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An endpoint that does what the test says, without a network. */
final class ScriptedSender implements WebhookSender {

    private final List<WebhookMessage> sent = new CopyOnWriteArrayList<>();
    private final Function<Integer, CompletionStage<WebhookOutcome>> script;

    /**
     * @param script from the number of the webhook, counted from 0, to what comes of it
     */
    ScriptedSender(Function<Integer, CompletionStage<WebhookOutcome>> script) {
        this.script = script;
    }

    /** One outcome after the other, and the last for all that follow. */
    static ScriptedSender with(WebhookOutcome... outcomes) {
        return new ScriptedSender(
                number -> CompletableFuture.completedStage(outcomes[Math.min(number, outcomes.length - 1)]));
    }

    static WebhookOutcome status(int status) {
        return new WebhookOutcome.Answered(status, Optional.empty(), new byte[0]);
    }

    static WebhookOutcome status(int status, Duration retryAfter) {
        return new WebhookOutcome.Answered(status, Optional.of(retryAfter), new byte[0]);
    }

    static WebhookOutcome failed(WebhookOutcome.Failure failure) {
        return new WebhookOutcome.Failed(failure, "it did not work");
    }

    List<WebhookMessage> sent() {
        return List.copyOf(sent);
    }

    @Override
    public CompletionStage<WebhookOutcome> send(WebhookMessage message) {
        sent.add(message);
        return script.apply(sent.size() - 1);
    }

    @Override
    public void close() {}
}
