package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.Decision;
import dev.rocketgateway.deliver.MessageSource.Origin;
import dev.rocketgateway.deliver.PayloadFormat.UnrepresentableException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
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
final class FanOut {

    private static final Logger LOG = Logger.getLogger(FanOut.class);

    private final OutcomeRules rules;
    private final Places places;
    private final Origin origin;
    private final AtomicReferenceArray<Decision> decisions;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger undecided = new AtomicInteger();
    private int begun;

    private sealed interface Event {

        /** To be decided by the thread that sent it. */
        record Ended(int index, EndedWebhook webhook) implements Event {}

        /** Those that had been sent were all decided. */
        record AllDecided() implements Event {}
    }

    /**
     * @param places of which one was taken for each message that is sent; released when its webhook has ended
     */
    FanOut(int messages, OutcomeRules rules, Places places, Origin origin) {
        this.rules = rules;
        this.places = places;
        this.origin = origin;
        this.decisions = new AtomicReferenceArray<>(messages);
    }

    /** How many of the messages, from the first, were sent or decided. */
    int begun() {
        return begun;
    }

    /** Sends the next message. */
    void send(WebhookPost post) {
        int index = begun++;
        try {
            var webhook = post.webhook();
            undecided.incrementAndGet();
            post.send(webhook).whenComplete((ended, bug) -> {
                places.release(1);
                ended(index, ended, bug);
            });
        } catch (UnrepresentableException e) {
            places.release(1);
            decided(index, rules.unrepresentable(post.messages().get(0), e, post.settings(), post.levels()));
        }
    }

    /** For the next message, which was not sent here. */
    void decided(Decision decision) {
        decisions.set(begun++, decision);
    }

    /** Nothing that blocks is done here: this may be an event loop. */
    private void ended(int index, EndedWebhook webhook, @Nullable Throwable failure) {
        try {
            if (failure != null) {
                throw failure;
            }
            if (webhook.verdict() != DeliveryVerdict.ACK) {
                events.add(new Event.Ended(index, webhook));
                return;
            }
            decide(index, webhook);
        } catch (Throwable bug) {
            LOG.error("delivery failed by a bug, the message is retried", bug);
            decisions.set(index, new Decision.Redeliver(Optional.empty()));
        }
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
                    decide(ended.index(), ended.webhook());
                }
            }
        } catch (InterruptedException e) {
            // Its reception ends, and what is decided now does not count.
            Thread.currentThread().interrupt();
            for (int i = 0; i < begun; i++) {
                decisions.compareAndSet(i, null, new Decision.Undecided());
            }
        }
    }

    private void decide(int index, EndedWebhook webhook) {
        if (rules.after(webhook) instanceof OutcomeRules.Next.Decided next) {
            decided(index, next.decisions().get(0));
        }
    }

    private void decided(int index, Decision decision) {
        decisions.set(index, decision);
        origin.settle(index, decision);
    }

    /** What was decided for a message. */
    Optional<Decision> decision(int index) {
        return Optional.ofNullable(decisions.get(index));
    }
}
