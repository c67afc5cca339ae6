package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Handover;
import dev.rocketgateway.deliver.MessageSource.Origin;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.tracing.DeliveryTraces;
import dev.rocketgateway.webhook.WebhookMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Delivers the messages of one subscription during one consumption (from a start of the consumer to its stop).
 *
 * <pre>
 *                ┌──────────────────── HOLD, PAUSE, a probe that failed ───────────────────┐
 *                ▼                                                                         │
 *   message ──▶ gate ──▶ payload ──▶ POST ──▶ outcome ──▶ verdict ──┬─ ACK ────────────▶ acknowledge
 *                │          │                                      ├─ RETRY ──────────▶ redeliver
 *                │          └─ unrepresentable ───────────┐        │    └─ last attempt ─┐
 *                │                                        ▼        └─ DEAD_LETTER ───────┤
 *                └─ consumption stops: unsettled       dead letter ◀─────────────────────┘
 * </pre>
 * The messages of a batch share the outcome of their webhook, but each message counts its own attempts. When the endpoint refuses a
 * batch, its messages are sent again one by one, so that one bad message does not make the others dead letters.
 *
 * <p>Called by several threads at the same time.
 *
 * <pre>
 * messages                               | who sends             | who decides          | who settles
 * ---------------------------------------|-----------------------|----------------------|----------------------
 * the gate passes, acknowledged          | {@link DirectDelivery}        | event loop           | event loop
 * the gate passes, otherwise             | {@link DirectDelivery}        | see {@link DirectOutcomes}   | consumer thread
 * the gate holds, or a rate              | consumer thread       | the same thread      | the same thread
 * not taken over: a batch, or a message  | consumer thread       | the same thread      | the same thread
 *   that the broker did not take back    |                       |                      |
 * ordered subscription                   | thread of the source  | the same thread      | the same thread
 * </pre>
 */
public final class MessageDelivery implements MessageSource.Handler {

    private final DeliveryGate gate;
    private final OutcomeRules rules;
    private final DeliveryListener listener;
    private final DeliveryTraces traces;
    private final FairPermits permits;
    private final DirectDelivery direct;
    private volatile DeliverySettings settings;
    private volatile DelayLevels levels = DelayLevels.DEFAULT;
    private volatile boolean ended;

    /**
     * @param webhooks maximum number of concurrent webhooks until {@link #allow} changes it
     * @param threads for webhooks that take long to prepare
     */
    public MessageDelivery(
            DeliverySettings settings,
            DeliveryGate gate,
            OutcomeRules rules,
            DeliveryListener listener,
            DeliveryTraces traces,
            int webhooks,
            Executor threads) {
        this.settings = settings;
        this.gate = gate;
        this.rules = rules;
        this.listener = listener;
        this.traces = traces;
        this.permits = new FairPermits(webhooks);
        this.direct = new DirectDelivery(
                permits,
                new DirectDelivery.Gate(
                        gate::passesAtOnce, () -> this.settings.sender().takesLong()),
                message -> post(List.of(message), DeliveryGate.Pass.GO),
                new DirectOutcomes(permits, rules, (message, from) -> deliver(List.of(message), from)
                        .get(0)),
                threads);
    }

    /** Sets the settings for webhooks that start from now on. */
    public void use(DeliverySettings next) {
        settings = next;
    }

    /** Sets the delays that the broker supports for redeliveries. */
    public void use(DelayLevels delays) {
        levels = delays;
    }

    /** Ends delivery: no webhook starts from now on, and messages at the gate return unsettled. */
    public void end() {
        ended = true;
        direct.end();
        gate.wake();
    }

    /** Changes the maximum number of concurrent webhooks. */
    public void allow(int webhooks) {
        permits.change(webhooks);
    }

    @Override
    public boolean takeOver(Handover messages) {
        if (isBatched()) {
            return false;
        }
        direct.add(messages);
        return true;
    }

    @Override
    public List<Settlement> handle(List<ReceivedMessage> messages, Origin origin) {
        return isBatched()
                ? inBatches(messages, origin)
                : messages.stream().map(message -> waiting(message, origin)).toList();
    }

    private boolean isBatched() {
        return settings.subscription().batch().maxMessages() > 1;
    }

    private List<Settlement> inBatches(List<ReceivedMessage> messages, Origin origin) {
        return withPermit(() -> {
            var settlements = new ArrayList<Settlement>(messages.size());
            for (var part : parts(messages, settings.subscription().batch().maxBytes())) {
                settlements.addAll(deliver(part, origin));
            }
            return settlements;
        });
    }

    private WebhookAttempt post(List<ReceivedMessage> messages, DeliveryGate.Pass pass) {
        return new WebhookAttempt(messages, pass, settings, levels, listener, traces);
    }

    private Settlement waiting(ReceivedMessage message, Origin origin) {
        return withPermit(() -> deliver(List.of(message), origin)).get(0);
    }

    private List<Settlement> withPermit(Supplier<List<Settlement>> delivering) {
        permits.take();
        try {
            return delivering.get();
        } finally {
            permits.release();
        }
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

    private List<Settlement> deliver(List<ReceivedMessage> messages, Origin origin) {
        while (true) {
            var pass = gate.pass(messages.get(0).id(), () -> ended);
            if (pass == DeliveryGate.Pass.ENDED) {
                return all(messages, new Settlement.Unsettled());
            }
            if (!origin.holds()) {
                gate.abandon(pass);
                // The queue has moved to another replica, so settlements of this replica are ignored.
                return all(messages, new Settlement.Redeliver(Optional.empty()));
            }
            var settlements = attemptOrAbandon(messages, pass, origin);
            if (settlements.isPresent()) {
                return settlements.get();
            }
        }
    }

    /**
     * Like {@link #attempt}, but abandons a probe if a bug ends it: a gate that never gets the result of its probe would send
     * nothing more.
     */
    private Optional<List<Settlement>> attemptOrAbandon(
            List<ReceivedMessage> messages, DeliveryGate.Pass pass, Origin origin) {
        try {
            return attempt(messages, pass, origin);
        } catch (RuntimeException | Error bug) {
            gate.abandon(pass);
            throw bug;
        }
    }

    /**
     * Sends the messages in one webhook, or separately after a refused batch, and returns their settlements; empty if the messages must
     * wait at the gate and be sent again.
     */
    private Optional<List<Settlement>> attempt(List<ReceivedMessage> messages, DeliveryGate.Pass pass, Origin origin) {
        var post = post(messages, pass);
        EndedWebhook webhook;
        try {
            webhook = ended(post, post.webhook());
        } catch (UnrepresentableException e) {
            gate.abandon(pass);
            return Optional.of(
                    messages.size() > 1
                            ? oneByOne(messages, origin)
                            : List.of(rules.unrepresentable(messages.get(0), e, post.settings(), post.levels())));
        }
        var next = rules.after(webhook);
        if (next instanceof OutcomeRules.Next.Settled settled) {
            return Optional.of(settled.settlements());
        }
        return next instanceof OutcomeRules.Next.OneByOne ? Optional.of(oneByOne(messages, origin)) : Optional.empty();
    }

    private static EndedWebhook ended(WebhookAttempt post, WebhookMessage webhook) {
        try {
            return post.send(webhook).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return post.aborted();
        } catch (ExecutionException bug) {
            throw new IllegalStateException(bug);
        }
    }

    private List<Settlement> oneByOne(List<ReceivedMessage> messages, Origin origin) {
        return messages.stream()
                .map(message -> deliver(List.of(message), origin).get(0))
                .toList();
    }

    private static List<Settlement> all(List<ReceivedMessage> messages, Settlement settlement) {
        return messages.stream().map(message -> settlement).toList();
    }
}
