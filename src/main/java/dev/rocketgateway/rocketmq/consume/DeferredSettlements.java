package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.rocketmq.common.message.MessageExt;
import org.jspecify.annotations.Nullable;

/**
 * Settlements that are computed on threads of the consumer. Each waits here for the call of the listener that gets its message.
 * Thread-safe.
 */
final class DeferredSettlements {

    private final Map<MessageExt, Deferred> waiting = new ConcurrentHashMap<>();
    private final DrainLatch latch;

    DeferredSettlements(DrainLatch latch) {
        this.latch = latch;
    }

    /**
     * A settlement that is not computed yet.
     *
     * @param begun whether the delivery of the message has begun, so that it is counted in the {@link DrainLatch}
     */
    record Deferred(ConsumerInternals.Offer from, boolean begun, Supplier<Settlement> settlement) {}

    /** Has the listener called with the message. */
    void settle(ConsumerInternals.Offer from, MessageExt message, boolean begun, Supplier<Settlement> settlement) {
        waiting.put(message, new Deferred(from, begun, settlement));
        if (!from.toListener(message)) {
            giveUp(message);
        }
    }

    /** The settlement for which the listener is called with this message; null if it is called for a message as it was received. */
    @Nullable
    Deferred take(MessageExt message) {
        return waiting.remove(message);
    }

    /**
     * Computes the settlements whose queue has moved to another consumer, because the client does not call the listener for them. They
     * have no effect on the messages, but the outcomes of webhooks are reported.
     */
    void reportMoved() {
        waiting.forEach((message, deferred) -> {
            if (!deferred.from().queue().isHeld()) {
                giveUp(message);
            }
        });
    }

    private void giveUp(MessageExt message) {
        var deferred = take(message);
        if (deferred != null && deferred.begun()) {
            try {
                deferred.settlement().get();
            } finally {
                latch.leave();
            }
        }
    }
}
