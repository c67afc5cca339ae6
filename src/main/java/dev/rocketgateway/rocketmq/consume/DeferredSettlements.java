package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.message.MessageExt;
import org.jspecify.annotations.Nullable;

/**
 * Settlements that are computed on threads of the consumer. Each waits here for the call of the listener that gets its message.
 * Thread-safe.
 */
final class DeferredSettlements {

    private final Map<MessageExt, Waiting> waiting = new ConcurrentHashMap<>();
    private final DrainLatch latch;

    DeferredSettlements(DrainLatch latch) {
        this.latch = latch;
    }

    /**
     * A settlement that is not computed yet.
     *
     * @param begun whether the delivery of the message has begun, so that it is counted in the {@link DrainLatch}
     */
    record Waiting(ConsumerInternals.HeldQueue queue, boolean begun, MessageSource.Deferred settlement) {}

    /** Has the listener called with the message. */
    void settle(ConsumerInternals.Offer from, MessageExt message, boolean begun, MessageSource.Deferred settlement) {
        var queue = from.queue();
        waiting.put(message, new Waiting(queue, begun, settlement));
        if (!queue.isHeld() || !from.toListener(message)) {
            drop(message);
        }
    }

    /** The settlement for which the listener is called with this message; null if it is called for a message as it was received. */
    @Nullable
    Waiting take(MessageExt message) {
        return waiting.remove(message);
    }

    /** Drops the settlements whose queue has moved to another consumer, because the client does not call the listener for them. */
    void dropMoved() {
        waiting.forEach((message, settlement) -> {
            if (!settlement.queue().isHeld()) {
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
