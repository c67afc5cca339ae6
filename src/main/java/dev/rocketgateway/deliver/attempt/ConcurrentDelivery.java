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
 * The messages of one call, which one thread sends without waiting for each, in a webhook of its own.
 *
 * <pre>
 *   message ──▶ POST ──▶ outcome ──▶ verdict ──┬─ ACK ──▶ settled, on the thread the answer came on
 *                                              └─ else ─▶ decided and settled by the thread that sent it
 * </pre>
 * A webhook that is answered well wakes no thread, but for the last of them: waking one for each was most of the work. None waits for
 * another: each is settled, and its place released, when it has ended.
 *
 * <p>Used by one thread; the outcomes come on others.
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

        /** To be decided by the thread that sent it. */
        record Ended(int index, EndedWebhook webhook) implements Event {}

        /** Those that had been sent were all decided. */
        record AllDecided() implements Event {}
    }

    /**
     * @param places of which one was taken for each message that is sent; released when its webhook has ended
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

    /** For a message that went out by itself. */
    void decided(int index, Decision decision) {
        decisions.set(index, decision);
        origin.settle(index, decision);
    }

    /** Nothing that blocks is done here: this may be an event loop. */
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

    /** Waits for all that were sent. One that is not decided then must wait at the gate and be sent again. */
    void awaitDecisions() {
        try {
            while (undecided.get() > 0) {
                if (events.take() instanceof Event.Ended ended) {
                    undecided.decrementAndGet();
                    decide(ended.index(), () -> decision(ended.webhook()));
                }
            }
        } catch (InterruptedException e) {
            // Its reception ends, and what is decided now does not count.
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

    /** Whatever goes wrong concerns this message and no other. */
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

    /** One for each message, once all are decided. */
    List<Decision> decisions() {
        return IntStream.range(0, decisions.length()).mapToObj(decisions::get).toList();
    }
}
