package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Messages of one queue that the handler takes over. A message that is acknowledged needs no thread of the consumer. Any other settlement
 * needs one: {@link DeferredSettlements} keeps it until the client calls the listener.
 *
 * <p>From {@link #begin} until it is settled or given up, a message counts in the {@link DrainLatch}, so a drain waits for it. A message that
 * the gate holds before its first webhook has not begun.
 */
final class MessageHandover implements MessageSource.Handover {

    private static final long NOT_BEGUN = 0;

    /** Largest body of a webhook that takes less than a millisecond to encode and sign. */
    private static final int LARGE_BODY_BYTES = 64 * 1024;

    private final ConsumerInternals.Offer offer;
    private final Function<MessageExt, ReceivedMessage> received;
    private final ConsumerInternals.HeldQueue queue;
    private final DrainLatch latch;
    private final DeferredSettlements deferred;

    /** When the delivery of each message began, in nanoseconds. */
    private final AtomicLongArray begun;

    /**
     * @param received what the handler gets of a message
     */
    MessageHandover(
            ConsumerInternals.Offer offer,
            Function<MessageExt, ReceivedMessage> received,
            DrainLatch latch,
            DeferredSettlements deferred) {
        this.offer = offer;
        this.received = received;
        this.queue = offer.queue();
        this.latch = latch;
        this.deferred = deferred;
        this.begun = new AtomicLongArray(size());
    }

    @Override
    public int size() {
        return offer.messages().size();
    }

    @Override
    public ReceivedMessage message(int index) {
        return received.apply(offer.messages().get(index));
    }

    @Override
    public boolean takesLong(int index) {
        var message = offer.messages().get(index);
        return CompressedBodies.isCompressed(message)
                || message.getBody() != null && message.getBody().length > LARGE_BODY_BYTES;
    }

    @Override
    public boolean holds() {
        return queue.isHeld();
    }

    @Override
    public boolean begin(int index) {
        if (!holds() || !latch.tryEnter()) {
            return false;
        }
        // From this time on, the client counts the consume timeout.
        MessageAccessor.setConsumeStartTimeStamp(
                offer.messages().get(index), String.valueOf(System.currentTimeMillis()));
        begun.set(index, Math.max(1, System.nanoTime()));
        return true;
    }

    @Override
    public void acknowledge(int index) {
        try {
            if (latch.isCounting() && holds()) {
                long took = System.nanoTime() - begun.get(index);
                queue.acknowledge(offer.messages().get(index), TimeUnit.NANOSECONDS.toMillis(took));
            }
        } finally {
            latch.leave();
        }
    }

    @Override
    public void giveUp(int index) {
        if (begun.get(index) != NOT_BEGUN) {
            latch.leave();
        }
    }

    @Override
    public void settle(int index, MessageSource.Deferred settlement) {
        deferred.settle(offer, offer.messages().get(index), begun.get(index) != NOT_BEGUN, settlement);
    }
}
