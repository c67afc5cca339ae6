package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.Decision;
import dev.rocketgateway.deliver.MessageSource.Ownership;
import dev.rocketgateway.deliver.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;

/**
 * The delivery of messages of one subscription, within one reception.
 *
 * <pre>
 *                ┌──────────────────── HOLD, PAUSE, a probe that failed ───────────────────┐
 *                ▼                                                                         │
 *   message ──▶ gate ──▶ payload ──▶ POST ──▶ outcome ──▶ verdict ──┬─ ACK ────────────▶ acknowledge
 *                │          │                                      ├─ RETRY ──────────▶ redeliver
 *                │          └─ has no such form ──────────┐        │    └─ last attempt ─┐
 *                │                                        ▼        └─ DEAD_LETTER ───────┤
 *                └─ the reception ends: undecided      dead letter ◀─────────────────────┘
 * </pre>
 * Several messages in one webhook share its outcome, and each its own attempts. When the endpoint refuses them together they
 * are sent once more one by one, so that one bad message does not take the others along.
 *
 * <p>Called by the consumer's threads, several at once; each waits for its webhook, at most for the endpoint's timeout.
 */
final class MessageDelivery implements MessageSource.Handler {

    private static final Logger LOG = Logger.getLogger(MessageDelivery.class);

    private final Gate gate;
    private final OutcomeRules rules;
    private final DeliveryListener listener;
    private volatile DeliverySettings settings;
    private volatile DelayLevels levels = DelayLevels.DEFAULT;
    private volatile boolean ended;

    MessageDelivery(DeliverySettings settings, Gate gate, OutcomeRules rules, DeliveryListener listener) {
        this.settings = settings;
        this.gate = gate;
        this.rules = rules;
        this.listener = listener;
    }

    /** For the webhooks that begin from now on. */
    void use(DeliverySettings next) {
        settings = next;
    }

    /** The delays its redeliveries can have. */
    void use(DelayLevels delays) {
        levels = delays;
    }

    /** The reception ends: no webhook begins from now on, and messages at the gate go back undecided. */
    void end() {
        ended = true;
        gate.wake();
    }

    @Override
    public List<Decision> handle(List<ReceivedMessage> messages, Ownership ownership) {
        if (messages.size() == 1) {
            return deliver(messages, ownership);
        }
        var decisions = new ArrayList<Decision>(messages.size());
        for (var part : parts(messages, settings.subscription().batch().maxBytes())) {
            decisions.addAll(deliver(part, ownership));
        }
        return decisions;
    }

    private static List<List<ReceivedMessage>> parts(List<ReceivedMessage> messages, int maxBytes) {
        var parts = new ArrayList<List<ReceivedMessage>>();
        long size = 0;
        int begin = 0;
        for (int i = 0; i < messages.size(); i++) {
            size += messages.get(i).body().length;
            if (size > maxBytes && i > begin) {
                parts.add(messages.subList(begin, i));
                begin = i;
                size = messages.get(i).body().length;
            }
        }
        parts.add(messages.subList(begin, messages.size()));
        return parts;
    }

    private List<Decision> deliver(List<ReceivedMessage> messages, Ownership ownership) {
        while (true) {
            var pass = gate.pass(messages.get(0).id(), () -> ended);
            if (pass == Gate.Pass.ENDED) {
                return all(messages, new Decision.Undecided());
            }
            if (!ownership.holds()) {
                gate.abandon(pass);
                // Its queue is another replica's by now, and this one's word on it does not count.
                return all(messages, new Decision.Redeliver(Optional.empty()));
            }
            var decisions = attemptOrAbandon(messages, pass, ownership);
            if (decisions.isPresent()) {
                return decisions.get();
            }
        }
    }

    /** Whatever happens, a probe must come back to the gate, or nobody would ever follow it. */
    private Optional<List<Decision>> attemptOrAbandon(
            List<ReceivedMessage> messages, Gate.Pass pass, Ownership ownership) {
        try {
            return attempt(messages, pass, ownership);
        } catch (RuntimeException | Error bug) {
            gate.abandon(pass);
            throw bug;
        }
    }

    /** Sends once; empty if the messages must wait at the gate and try again. */
    private Optional<List<Decision>> attempt(List<ReceivedMessage> messages, Gate.Pass pass, Ownership ownership) {
        var current = settings;
        WebhookMessage webhook;
        try {
            webhook = current.payload().webhook(messages);
        } catch (UnrepresentableException e) {
            gate.abandon(pass);
            return Optional.of(
                    messages.size() > 1
                            ? oneByOne(messages, ownership)
                            : List.of(rules.unrepresentable(messages.get(0), e, current, levels)));
        }
        long start = System.nanoTime();
        listener.webhookStarted(current.name());
        var outcome = send(webhook, current);
        var took = Duration.ofNanos(System.nanoTime() - start);
        listener.webhookEnded(current.name(), outcome, took);
        var next = rules.after(new EndedWebhook(messages, pass, current, levels, outcome, took));
        if (next instanceof OutcomeRules.Next.Decided decided) {
            return Optional.of(decided.decisions());
        }
        return next instanceof OutcomeRules.Next.OneByOne
                ? Optional.of(oneByOne(messages, ownership))
                : Optional.empty();
    }

    private WebhookOutcome send(WebhookMessage webhook, DeliverySettings current) {
        try {
            return current.sender().send(webhook).toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new WebhookOutcome.Failed(WebhookOutcome.Failure.ABORTED, "the delivery was interrupted");
        } catch (ExecutionException | RuntimeException bug) {
            LOG.errorf(bug, "webhook failed by a bug webhookId=%s subscription=%s", webhook.id(), current.name());
            return new WebhookOutcome.Failed(WebhookOutcome.Failure.OTHER, "a bug of the gateway");
        }
    }

    private List<Decision> oneByOne(List<ReceivedMessage> messages, Ownership ownership) {
        return messages.stream()
                .map(message -> deliver(List.of(message), ownership).get(0))
                .toList();
    }

    private static List<Decision> all(List<ReceivedMessage> messages, Decision decision) {
        return messages.stream().map(message -> decision).toList();
    }
}
