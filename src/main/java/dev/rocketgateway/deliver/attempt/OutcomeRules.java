package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.DeadLetterPolicy;
import dev.rocketgateway.subscription.DeliveryVerdict;
import dev.rocketgateway.subscription.RetryPolicy;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Decides what the outcome of a webhook means for its messages and for the {@link DeliveryGate} of the subscription.
 *
 * <pre>
 * verdict                    | messages of the webhook                   | circuit breaker
 * ---------------------------|-------------------------------------------|---------------------------------------------
 * ACK                        | acknowledged                              | counts a success; closes after a probe
 * RETRY                      | redelivered; dead letter after the last   | counts a failure; opens after too many
 *                            |   attempt                                 |
 *   429, 503 + Retry-After   | redelivered at the requested time         | open until the requested time
 *   a probe, no Retry-After  | wait at the gate for another try          | open for longer
 * DEAD_LETTER                | dead letter; a batch is sent again one by | counts a success: the endpoint works
 *                            |   one first                               |
 * PAUSE                      | wait at the gate                          | open until the subscription is resumed
 * HOLD                       | wait at the gate                          | open until the cause is fixed
 * </pre>
 * Called by threads of consumers and by event loops; thread-safe.
 */
public final class OutcomeRules {

    private static final Settlement ACKNOWLEDGED = new Settlement.Acknowledge();
    private static final Set<Integer> WITH_RETRY_AFTER = Set.of(429, 503);
    private static final String BLOCKED =
            "The message stops its queue, because retry.onExhausted is BLOCK. Correct the cause of the failure, or set "
                    + "retry.onExhausted to DEAD_LETTER.";
    private static final Duration FOR_EVER = Duration.ofDays(365);

    /**
     * How long messages are held before the first check whether the gateway's own fault is fixed. The time doubles with each check,
     * up to {@link #LATER_LOOKS}.
     */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

    private static final Duration LATER_LOOKS = Duration.ofSeconds(30);

    private final DeliveryGate gate;
    private final DeadLetterExit exit;
    private final DeliveryListener listener;
    private final Consumer<String> pause;

    /**
     * @param pause pauses the subscription; called with the reason
     */
    public OutcomeRules(DeliveryGate gate, DeadLetterExit exit, DeliveryListener listener, Consumer<String> pause) {
        this.gate = gate;
        this.exit = exit;
        this.listener = listener;
        this.pause = pause;
    }

    /** The next step for the messages of a webhook. */
    sealed interface Next {

        /** The messages are settled. */
        record Settled(List<Settlement> settlements) implements Next {}

        /** Each message must be sent separately. */
        record OneByOne() implements Next {}

        /** The messages wait at the gate and are sent again. */
        record Again() implements Next {}
    }

    /**
     * Whether {@link #after} publishes a dead letter, and so waits for the broker. If not, it returns immediately. For a webhook with one
     * message.
     */
    static boolean mayPublish(EndedWebhook webhook) {
        if (webhook.settings().subscription().deadLetter().mode() != DeadLetterPolicy.Mode.TOPIC) {
            return false;
        }
        var verdict = webhook.verdict();
        return verdict == DeliveryVerdict.DEAD_LETTER
                || verdict == DeliveryVerdict.RETRY
                        && !webhook.retries().allows(webhook.messages().get(0).attempt());
    }

    Next after(EndedWebhook webhook) {
        return switch (webhook.verdict()) {
            case ACK -> acknowledged(webhook);
            case RETRY -> retried(webhook);
            case DEAD_LETTER -> refused(webhook);
            case PAUSE -> paused(webhook);
            case HOLD -> held(webhook);
        };
    }

    /** Decides about a message that cannot be represented in the payload format. */
    Settlement unrepresentable(
            ReceivedMessage message, UnrepresentableException why, DeliverySettings settings, DelayLevels levels) {
        var detail = "the message " + why.getMessage();
        var outcome = new WebhookOutcome.Withheld(WebhookOutcome.Cause.UNREPRESENTABLE, detail);
        if (blocks(settings)) {
            var retries = new RetryPlan(settings.subscription().retry(), levels);
            listener.attempted(new DeliveryAttempt(
                    settings.name(),
                    message,
                    outcome,
                    Duration.ZERO,
                    DeliveryVerdict.RETRY,
                    Optional.of(retries.effective(message.attempt(), Optional.empty())),
                    BLOCKED));
            return new Settlement.Redeliver(retries.after(message.attempt(), Optional.empty()));
        }
        listener.attempted(new DeliveryAttempt(
                settings.name(), message, outcome, Duration.ZERO, DeliveryVerdict.DEAD_LETTER, Optional.empty(), ""));
        return exit.leave(
                new DeadLettering(settings.name(), message, DeadLettering.UNREPRESENTABLE, detail),
                settings.subscription().deadLetter(),
                new RetryPlan(settings.subscription().retry(), levels));
    }

    private Next acknowledged(EndedWebhook webhook) {
        gate.succeeded(webhook.pass());
        var messages = webhook.messages();
        var failed = BatchFailures.of(webhook);
        if (failed.messages().isEmpty() && messages.size() == 1) {
            return new Next.Settled(List.of(acknowledged(messages.get(0), webhook)));
        }
        return new Next.Settled(messages.stream()
                .map(message -> failed.why(message)
                        .map(why -> retry(message, webhook, Optional.empty(), why))
                        .orElseGet(() -> acknowledged(message, webhook)))
                .toList());
    }

    private Settlement acknowledged(ReceivedMessage message, EndedWebhook webhook) {
        listener.attempted(webhook.attempt(message, DeliveryVerdict.ACK, Optional.empty()));
        return ACKNOWLEDGED;
    }

    private Next retried(EndedWebhook webhook) {
        var retryAfter = retryAfter(webhook);
        if (retryAfter.isPresent()) {
            gate.holdFor(
                    retryAfter.get(),
                    new Hold(
                            Hold.RETRY_AFTER,
                            "the endpoint answered %s and asked for a pause".formatted(webhook.status())),
                    webhook.pass());
        } else {
            gate.failed(webhook.pass(), webhook.messages().get(0).id(), webhook.detail());
            if (webhook.pass() == DeliveryGate.Pass.PROBE) {
                return again(webhook, DeliveryVerdict.HOLD);
            }
        }
        return new Next.Settled(webhook.messages().stream()
                .map(message -> retry(message, webhook, retryAfter, ""))
                .toList());
    }

    /**
     * Lets the broker deliver the message again; after the last attempt, gives the message up.
     *
     * @param note reason for the retry, if the outcome does not show it
     */
    private Settlement retry(
            ReceivedMessage message, EndedWebhook webhook, Optional<Duration> retryAfter, String note) {
        var retries = webhook.retries();
        if (!retries.allows(message.attempt())) {
            return giveUp(message, DeadLettering.EXHAUSTED, webhook, note);
        }
        return retryLater(message, webhook, retryAfter, note);
    }

    private Settlement retryLater(
            ReceivedMessage message, EndedWebhook webhook, Optional<Duration> retryAfter, String note) {
        var retries = webhook.retries();
        listener.attempted(webhook.attempt(
                message, DeliveryVerdict.RETRY, Optional.of(retries.effective(message.attempt(), retryAfter)), note));
        return new Settlement.Redeliver(retries.after(message.attempt(), retryAfter));
    }

    /** Whether a message that would be given up stops its queue instead. */
    private static boolean blocks(DeliverySettings settings) {
        return settings.subscription().retry().onExhausted() == RetryPolicy.OnExhausted.BLOCK;
    }

    private Next refused(EndedWebhook webhook) {
        gate.succeeded(webhook.pass());
        return webhook.messages().size() > 1
                ? new Next.OneByOne()
                : new Next.Settled(List.of(giveUp(webhook.messages().get(0), DeadLettering.REFUSED, webhook, "")));
    }

    private Settlement giveUp(ReceivedMessage message, String reason, EndedWebhook webhook, String note) {
        if (blocks(webhook.settings())) {
            return retryLater(message, webhook, Optional.empty(), BLOCKED);
        }
        listener.attempted(webhook.attempt(message, DeliveryVerdict.DEAD_LETTER, Optional.empty(), note));
        return exit.leave(
                new DeadLettering(webhook.settings().name(), message, reason, note.isEmpty() ? webhook.detail() : note),
                webhook.settings().subscription().deadLetter(),
                webhook.retries());
    }

    private Next paused(EndedWebhook webhook) {
        gate.holdFor(FOR_EVER, new Hold(Hold.GONE, webhook.detail()), webhook.pass());
        pause.accept(Hold.GONE);
        return again(webhook, DeliveryVerdict.PAUSE);
    }

    private Next held(EndedWebhook webhook) {
        gate.holdForOwnFault(
                new Hold(webhook.outcome().label(), webhook.detail()), FIRST_LOOK, LATER_LOOKS, webhook.pass());
        return again(webhook, DeliveryVerdict.HOLD);
    }

    private Next again(EndedWebhook webhook, DeliveryVerdict verdict) {
        webhook.messages().forEach(message -> listener.attempted(webhook.attempt(message, verdict, Optional.empty())));
        return new Next.Again();
    }

    private static Optional<Duration> retryAfter(EndedWebhook webhook) {
        var retry = webhook.settings().subscription().retry();
        return webhook.outcome() instanceof WebhookOutcome.Answered answer
                        && WITH_RETRY_AFTER.contains(answer.status())
                        && retry.honorRetryAfter()
                ? answer.retryAfter()
                        .map(asked -> asked.compareTo(retry.retryAfterMax()) > 0 ? retry.retryAfterMax() : asked)
                : Optional.empty();
    }
}
