package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.common.message.MessageExt;
import org.jboss.logging.Logger;

/**
 * One call of the client's listener with some messages: computes the result that the listener returns from the settlements.
 *
 * <pre>
 * settlements of the messages          | result for the client
 * -------------------------------------|---------------------------------------------------------------------
 * all acknowledged                     | success
 * one message, redeliver               | later, at the level for its delay; level 0 leaves it to the broker
 * one message, dead-letter             | later, at level -1
 * several, not all acknowledged        | success, after each message that is not acknowledged was sent back
 * unsettled                            | ignored, because the client has dropped its queue
 * </pre>
 */
final class ListenerCall implements MessageSource.Origin {

    private static final Logger LOG = Logger.getLogger(ListenerCall.class);

    private static final Settlement ACKNOWLEDGED = new Settlement.Acknowledge();
    private static final Settlement UNSETTLED = new Settlement.Unsettled();
    private static final int AS_THE_BROKER_PLANS = 0;
    private static final int TO_THE_DEAD_LETTERS = -1;

    private final DefaultMQPushConsumer consumer;
    private final DelayLevels levels;
    private final DrainLatch latch;
    private final List<MessageExt> messages;
    private final ConsumeConcurrentlyContext context;
    private final ConsumerInternals.HeldQueue queue;

    ListenerCall(
            DefaultMQPushConsumer consumer,
            DelayLevels levels,
            DrainLatch latch,
            List<MessageExt> messages,
            ConsumeConcurrentlyContext context) {
        this.consumer = consumer;
        this.levels = levels;
        this.latch = latch;
        this.messages = messages;
        this.context = context;
        this.queue = ConsumerInternals.held(consumer, context.getMessageQueue());
    }

    @Override
    public boolean holds() {
        return queue.isHeld();
    }

    /** The result that the listener returns to the client. */
    ConsumeConcurrentlyStatus result(List<Settlement> settlements) {
        if (settlements.contains(UNSETTLED)) {
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        if (messages.size() == 1 && !settlements.get(0).equals(ACKNOWLEDGED)) {
            context.setDelayLevelWhenNextConsume(levelOf(settlements.get(0)));
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        for (int i = 0; i < messages.size(); i++) {
            var settlement = settlements.get(i);
            if (!settlement.equals(ACKNOWLEDGED) && !(counts() && sendBack(messages.get(i), levelOf(settlement)))) {
                // The client itself retries for longer, and sends back all messages. It sends those that were already
                // sent back here a second time.
                return ConsumeConcurrentlyStatus.RECONSUME_LATER;
            }
        }
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    }

    /**
     * Whether settlements still have an effect. They have none after the drain, or when the queue no longer belongs to this consumer.
     */
    private boolean counts() {
        return latch.isCounting() && holds();
    }

    private int levelOf(Settlement settlement) {
        if (settlement instanceof Settlement.Redeliver later) {
            return later.after().map(levels::levelFor).orElse(AS_THE_BROKER_PLANS);
        }
        return TO_THE_DEAD_LETTERS;
    }

    private boolean sendBack(MessageExt message, int level) {
        try {
            ConsumerInternals.sendBack(consumer, message, level, context.getMessageQueue());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception e) {
            LOG.warnf(
                    e,
                    "the broker did not accept a message for its retry, the whole batch will be retried topic=%s messageId=%s "
                            + "group=%s",
                    LogText.value(message.getTopic()),
                    LogText.value(message.getMsgId()),
                    consumer.getConsumerGroup());
            return false;
        }
    }
}
