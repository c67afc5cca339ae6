package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageSource.Origin;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.breaker.FairPermits;
import dev.rocketgateway.deliver.payload.PayloadFormat.UnrepresentableException;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.DeliveryVerdict;
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
 * Delivers the messages of a call of {@link MessageDelivery} with several messages concurrently: one thread sends each message in its own webhook,
 * without waiting in between.
 *
 * <pre>
 *   message ──▶ POST ──▶ outcome ──▶ verdict ──┬─ ACK ──▶ settled, on the thread of the response
 *                                              └─ else ─▶ settled, and reported, by the sending thread
 * </pre>
 * A successful webhook wakes the sending thread only if it is the last one, because waking the thread for every webhook was most of
 * the work. No webhook waits for another: when a webhook ends, its message is settled and its permit ({@link FairPermits}) is
 * released.
 *
 * <p>Used by one thread; outcomes arrive on other threads.
 */
final class ConcurrentDelivery {

    private static final Logger LOG = Logger.getLogger(ConcurrentDelivery.class);

    private final List<ReceivedMessage> messages;
    private final OutcomeRules rules;
    private final FairPermits places;
    private final Origin origin;
    private final AtomicReferenceArray<Settlement> settlements;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger unsettled = new AtomicInteger();

    private sealed interface Event {

        /** A webhook has ended and the sending thread must decide about its message. */
        record Ended(int index, EndedWebhook webhook) implements Event {}

        /** All messages that were sent are settled. */
        record AllSettled() implements Event {}
    }

    /**
     * @param places permits; the caller has taken one for each message that it sends, and this object releases it when the webhook
     *     ends
     */
    ConcurrentDelivery(List<ReceivedMessage> messages, OutcomeRules rules, FairPermits places, Origin origin) {
        this.messages = messages;
        this.rules = rules;
        this.places = places;
        this.origin = origin;
        this.settlements = new AtomicReferenceArray<>(messages.size());
    }

    /** Sends one of the messages. Never throws. */
    void send(int index, WebhookAttempt post) {
        unsettled.incrementAndGet();
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

    private void notSent(int index, Supplier<Settlement> settlement) {
        places.release(1);
        unsettled.decrementAndGet();
        settle(index, () -> Optional.of(settlement.get()));
    }

    /** Records the settlement of a message that the caller sent without {@link #send}. */
    void settled(int index, Settlement settlement) {
        settlements.set(index, settlement);
        origin.settle(index, settlement);
    }

    /** Processes the end of a webhook. Must not block, because it may run on an event loop. */
    private void ended(int index, EndedWebhook webhook, @Nullable Throwable bug) {
        if (bug == null && webhook.verdict() != DeliveryVerdict.ACK) {
            events.add(new Event.Ended(index, webhook));
            return;
        }
        settle(index, () -> bug == null ? settlement(webhook) : Optional.of(failed(index, bug)));
        if (unsettled.decrementAndGet() == 0) {
            events.add(new Event.AllSettled());
        }
    }

    /**
     * Waits until all webhooks that were sent have ended. A message that then has no settlement is to wait at the gate; the caller
     * sends it again.
     */
    void awaitSettlements() {
        try {
            while (unsettled.get() > 0) {
                if (events.take() instanceof Event.Ended ended) {
                    unsettled.decrementAndGet();
                    settle(ended.index(), () -> settlement(ended.webhook()));
                }
            }
        } catch (InterruptedException e) {
            // Consumption stops, and settlements from now on are ignored.
            Thread.currentThread().interrupt();
            for (int i = 0; i < settlements.length(); i++) {
                settlements.compareAndSet(i, null, new Settlement.Unsettled());
            }
        }
    }

    /** The settlement that follows from a webhook; empty if its message must wait at the gate. */
    private Optional<Settlement> settlement(EndedWebhook webhook) {
        return rules.after(webhook) instanceof OutcomeRules.Next.Settled next
                ? Optional.of(next.settlements().get(0))
                : Optional.empty();
    }

    /** Settles one message. A bug in the given code affects only this message. */
    private void settle(int index, Supplier<Optional<Settlement>> settlement) {
        try {
            settlement.get().ifPresent(known -> settled(index, known));
        } catch (Throwable bug) {
            settlements.set(index, failed(index, bug));
        }
    }

    private Settlement failed(int index, Throwable bug) {
        var message = messages.get(index);
        LOG.errorf(
                bug,
                "delivery failed because of a bug in the gateway, the message will be retried topic=%s messageId=%s",
                LogText.value(message.topic()),
                LogText.value(message.id()));
        return new Settlement.Redeliver(Optional.empty());
    }

    boolean isSettled(int index) {
        return settlements.get(index) != null;
    }

    /** One settlement for each message, when all are settled. */
    List<Settlement> settlements() {
        return IntStream.range(0, settlements.length())
                .mapToObj(settlements::get)
                .toList();
    }
}
