package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.message.MessageExt;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps settlements that need a thread until the client calls the listener with their message. If the queue of the message moves before,
 * the client does not call the listener, and the next {@link #refresh} drops the settlement. Thread-safe.
 */
final class DeferredSettlements {

    private static final Logger LOG = Logger.getLogger(DeferredSettlements.class);

    private final Map<MessageExt, Kept> kept = new ConcurrentHashMap<>();
    private final Set<MessageExt> notSubmitted = ConcurrentHashMap.newKeySet();
    private final DrainLatch latch;

    DeferredSettlements(DrainLatch latch) {
        this.latch = latch;
    }

    /**
     * A settlement that needs a thread. It is usually decided already.
     *
     * @param begun whether the delivery of the message has begun, so that it is counted in the {@link DrainLatch}
     */
    record Kept(ConsumerInternals.Offer from, boolean begun, MessageSource.Deferred settlement) {}

    /**
     * Submits the message to the client, which calls the listener with it later. Drops the settlement if the queue has moved or the consumer
     * has stopped. Never throws.
     */
    void settle(ConsumerInternals.Offer from, MessageExt message, boolean begun, MessageSource.Deferred settlement) {
        kept.put(message, new Kept(from, begun, settlement));
        submit(message, from);
    }

    private void submit(MessageExt message, ConsumerInternals.Offer from) {
        try {
            if (!from.queue().isHeld() || !from.toListener(message)) {
                drop(message);
            }
        } catch (Throwable noThread) {
            LOG.warn("a message has no thread to be settled on, the gateway tries again", noThread);
            notSubmitted.add(message);
        }
    }

    /** Removes the settlement of the message. Null if there is none, because the message comes directly from the broker. */
    @Nullable
    Kept take(MessageExt message) {
        return kept.remove(message);
    }

    /**
     * Drops the settlements whose queue has moved to another consumer, because the client does not call the listener for them. Submits those
     * again that could not be submitted. Called periodically.
     */
    void refresh() {
        kept.forEach((message, settlement) -> {
            if (notSubmitted.remove(message)) {
                submit(message, settlement.from());
            } else if (!settlement.from().queue().isHeld()) {
                drop(message);
            }
        });
    }

    private void drop(MessageExt message) {
        var dropped = take(message);
        if (dropped == null) {
            return;
        }
        try {
            dropped.settlement().drop();
        } finally {
            if (dropped.begun()) {
                latch.leave();
            }
        }
    }
}
