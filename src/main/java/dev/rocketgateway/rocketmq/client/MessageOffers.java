package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.rocketmq.client.ConsumerInternals.HeldQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.rocketmq.client.impl.consumer.ConsumeMessageService;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.consumer.PopProcessQueue;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.body.ConsumeMessageDirectlyResult;

/**
 * Offers received messages to the gateway before the client calls its listener. The client calls its listener with all messages that
 * the gateway refuses. A consumer with hooks offers nothing. Thread-safe.
 *
 * <pre>
 *   pull ──▶ taker ──┬─ takes ────▶ acknowledges a message ({@link HeldQueue#acknowledge}), or submits it to the service of the client
 *                    └─ refuses ──▶ service of the client ──▶ consumer thread ──▶ listener
 * </pre>
 * The taker and the listener are both {@code RocketMqConsumption}. To acknowledge a message takes no call of the broker: the message leaves
 * the buffer of the client. The client reports the position of the oldest message that is not finished from time to time, and when it
 * stops.
 */
final class MessageOffers implements ConsumeMessageService {

    private final DefaultMQPushConsumerImpl consumer;
    private final ConsumeMessageService service;
    private final ConsumerInternals.Taker taker;

    MessageOffers(DefaultMQPushConsumerImpl consumer, ConsumeMessageService service, ConsumerInternals.Taker taker) {
        this.consumer = consumer;
        this.service = service;
        this.taker = taker;
    }

    /** Called on the thread of the client on which the response to the pull arrived. */
    @Override
    public void submitConsumeRequest(
            List<MessageExt> messages, ProcessQueue process, MessageQueue queue, boolean dispatch) {
        // Hooks want to know of the call of a listener: traces of RocketMQ.
        if (consumer.hasHook() || !taker.take(offer(messages, process, queue))) {
            service.submitConsumeRequest(messages, process, queue, dispatch);
        }
    }

    private ConsumerInternals.Offer offer(List<MessageExt> messages, ProcessQueue process, MessageQueue queue) {
        // As the client does before it calls the listener. To do it twice changes nothing.
        consumer.tryResetPopRetryTopic(messages, consumer.groupName());
        consumer.resetRetryAndNamespace(messages, consumer.groupName());
        return new ConsumerInternals.Offer() {
            @Override
            public List<MessageExt> messages() {
                return messages;
            }

            @Override
            public HeldQueue queue() {
                return new HeldQueue(consumer, queue, process);
            }

            @Override
            public boolean toListener(MessageExt message) {
                try {
                    // The client removes messages from this list.
                    service.submitConsumeRequest(new ArrayList<>(List.of(message)), process, queue, true);
                    return true;
                } catch (RejectedExecutionException stopped) {
                    return false;
                }
            }
        };
    }

    @Override
    public void submitPopConsumeRequest(List<MessageExt> messages, PopProcessQueue process, MessageQueue queue) {
        service.submitPopConsumeRequest(messages, process, queue);
    }

    @Override
    public ConsumeMessageDirectlyResult consumeMessageDirectly(MessageExt message, String brokerName) {
        return service.consumeMessageDirectly(message, brokerName);
    }

    @Override
    public void start() {
        service.start();
    }

    @Override
    public void shutdown(long awaitTerminateMillis) {
        service.shutdown(awaitTerminateMillis);
    }

    @Override
    public void updateCorePoolSize(int corePoolSize) {
        service.updateCorePoolSize(corePoolSize);
    }

    @Override
    public void incCorePoolSize() {
        service.incCorePoolSize();
    }

    @Override
    public void decCorePoolSize() {
        service.decCorePoolSize();
    }

    @Override
    public int getCorePoolSize() {
        return service.getCorePoolSize();
    }
}
