package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Decision;
import dev.rocketgateway.deliver.MessageSource.Origin;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.deliver.event.DeliveryVerdict;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the messages of one call concurrently: one thread sends each message in its own webhook, without waiting in between.
 *
 * <pre>
 *   message ──▶ POST ──▶ outcome ──▶ verdict ──┬─ ACK ──▶ settled, on the thread of the response
 *                                              └─ else ─▶ decided and settled by the sending thread
 * </pre>
 * A successful webhook wakes the sending thread only if it is the last one, because waking a thread for each was most of the work.
 * No webhook waits for another: each is settled, and its permit released, when it ends.
 *
 * <p>Used by one thread; outcomes arrive on other threads.
 */
final class ConcurrentDelivery {

    private static final Logger LOG = Logger.getLogger(ConcurrentDelivery.class);

    private final List<ReceivedMessage> messages;
    private final OutcomeRules rules;
    private final FairPermits places;
    private final Origin origin;
    private final AtomicReferenceArray<Decision> decisions;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger undecided = new AtomicInteger();

    private sealed interface Event {

        /** A webhook has ended and the sending thread must decide about its message. */
        record Ended(int index, EndedWebhook webhook) implements Event {}

        /** All messages that were sent are decided. */
        record AllDecided() implements Event {}
    }

    /**
     * @param places permits, one taken for each message that is sent and released when its webhook ends
     */
    ConcurrentDelivery(List<ReceivedMessage> messages, OutcomeRules rules, FairPermits places, Origin origin) {
        this.messages = messages;
        this.rules = rules;
        this.places = places;
        this.origin = origin;
        this.decisions = new AtomicReferenceArray<>(messages.size());
    }

    /** Sends one of the messages. Never throws. */
    void send(int index, WebhookAttempt post) {
        undecided.incrementAndGet();
        try {
            post.send(post.webhook()).whenComplete((ended, bug) -> {
                places.release(1);
                ended(index, ended, bug);
            });
        } catch (UnrepresentableException e) {
            notSent(index, () -> rules.unrepresentable(post.messages().get(0), e, post.settings(), post.levels()));
        } catch (Throwable bug) {
            notSent(index, () -> failed(index, bug));
        }
    }

    private void notSent(int index, Supplier<Decision> decision) {
        places.release(1);
        undecided.decrementAndGet();
        decide(index, () -> Optional.of(decision.get()));
    }

    /** Records the decision on a message that was sent separately. */
    void decided(int index, Decision decision) {
        decisions.set(index, decision);
        origin.settle(index, decision);
    }

    /** Must not block, because it may run on an event loop. */
    private void ended(int index, EndedWebhook webhook, @Nullable Throwable bug) {
        if (bug == null && webhook.verdict() != DeliveryVerdict.ACK) {
            events.add(new Event.Ended(index, webhook));
            return;
        }
        decide(index, () -> bug == null ? decision(webhook) : Optional.of(failed(index, bug)));
        if (undecided.decrementAndGet() == 0) {
            events.add(new Event.AllDecided());
        }
    }

    /** Waits for all messages that were sent. A message without a decision afterwards must wait at the gate and be sent again. */
    void awaitDecisions() {
        try {
            while (undecided.get() > 0) {
                if (events.take() instanceof Event.Ended ended) {
                    undecided.decrementAndGet();
                    decide(ended.index(), () -> decision(ended.webhook()));
                }
            }
        } catch (InterruptedException e) {
            // Consumption stops, and decisions from now on are ignored.
            Thread.currentThread().interrupt();
            for (int i = 0; i < decisions.length(); i++) {
                decisions.compareAndSet(i, null, new Decision.Undecided());
            }
        }
    }

    /** Empty if the message must wait at the gate. */
    private Optional<Decision> decision(EndedWebhook webhook) {
        return rules.after(webhook) instanceof OutcomeRules.Next.Decided next
                ? Optional.of(next.decisions().get(0))
                : Optional.empty();
    }

    /** A failure affects this message only. */
    private void decide(int index, Supplier<Optional<Decision>> decision) {
        try {
            decision.get().ifPresent(known -> decided(index, known));
        } catch (Throwable bug) {
            decisions.set(index, failed(index, bug));
        }
    }

    private Decision failed(int index, Throwable bug) {
        var message = messages.get(index);
        LOG.errorf(
                bug,
                "delivery failed because of a bug in the gateway, the message will be retried topic=%s messageId=%s",
                LogText.value(message.topic()),
                LogText.value(message.id()));
        return new Decision.Redeliver(Optional.empty());
    }

    boolean isDecided(int index) {
        return decisions.get(index) != null;
    }

    /** One decision for each message, when all are decided. */
    List<Decision> decisions() {
        return IntStream.range(0, decisions.length()).mapToObj(decisions::get).toList();
    }
}
