package dev.rocketgateway.rocketmq;

import dev.rocketgateway.deliver.DeliveryVerdict;
import dev.rocketgateway.deliver.MessageSource;
import java.time.Duration;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.message.MessageExt;
import org.jboss.logging.Logger;

/** A running push consumer. The client calls the listener on its own threads, with one message at a time on each. */
final class RocketMqConsumption implements MessageSource.Consumption, MessageListenerConcurrently {

    private static final Logger LOG = Logger.getLogger(RocketMqConsumption.class);

    /** What closing the consumer may take once nothing is under way; it tells every broker. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final DefaultMQPushConsumer consumer;
    private final MessageSource.Settings settings;
    private final MessageSource.Handler handler;
    private final DrainLatch latch = new DrainLatch();
    private volatile boolean retryTopicKnown;

    RocketMqConsumption(
            DefaultMQPushConsumer consumer, MessageSource.Settings settings, MessageSource.Handler handler) {
        this.consumer = consumer;
        this.settings = settings;
        this.handler = handler;
    }

    RocketMqConsumption started() throws MQClientException {
        consumer.registerMessageListener(this);
        consumer.start();
        return this;
    }

    /** Never throws: what escaped would be retried at the client's pace, with the whole message in its log. */
    @Override
    public ConsumeConcurrentlyStatus consumeMessage(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
        if (!latch.enter()) {
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        try {
            return switch (verdict(messages.get(0))) {
                case ACK -> ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
                case RETRY -> ConsumeConcurrentlyStatus.RECONSUME_LATER;
            };
        } finally {
            latch.exit();
        }
    }

    private DeliveryVerdict verdict(MessageExt message) {
        try {
            return handler.handle(RocketMqMessages.toReceived(message));
        } catch (Throwable bug) {
            LOG.errorf(
                    bug,
                    "delivery failed by a bug, the message is retried topic=%s messageId=%s group=%s",
                    message.getTopic(),
                    message.getMsgId(),
                    settings.group());
            return DeliveryVerdict.RETRY;
        }
    }

    /**
     * The broker makes the group's retry topic when the consumer starts, after the client has looked for it, and the client
     * looks again only every half minute: until then no retry would come.
     */
    @Override
    public void refresh() {
        if (retryTopicKnown) {
            return;
        }
        try {
            MQClientInstance client = ClientInternals.instanceOf(consumer);
            var retryTopic =
                    ClientInternals.inNamespace(consumer, settings.group().retryTopic());
            client.updateTopicRouteInfoFromNameServer(retryTopic);
            if (client.getTopicRouteTable().containsKey(retryTopic)) {
                client.rebalanceImmediately();
                retryTopicKnown = true;
            }
        } catch (IllegalStateException noNameServer) {
            LOG.debugf(noNameServer, "retry topic not looked up, it is tried again group=%s", settings.group());
        }
    }

    @Override
    public boolean drain(Duration limit) {
        latch.begin();
        consumer.suspend();
        boolean finished = latch.awaitIdle(limit);
        if (finished) {
            DrainLatch.letResultsBeRecorded();
        }
        latch.close();
        // Released at the end of the shutdown, not at the end of our patience: until the client has dropped its queues
        // it would send back what the waiting listeners return.
        ClientShutdown.within(CLOSE_LIMIT, "the consumer", ClientInternals.instanceOf(consumer), () -> {
            consumer.shutdown();
            latch.release();
        });
        return finished;
    }
}
