package dev.rocketgateway.rocketmq;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Decision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jboss.logging.Logger;

/**
 * A running push consumer. The client calls the listener on its own threads, on each with some messages of one queue.
 *
 * <pre>
 * decided for the messages of one call | the client is told
 * -------------------------------------|---------------------------------------------------------------------
 * all acknowledged                     | success
 * one message, redeliver               | later, at the level for its delay; level 0 leaves it to the broker
 * one message, dead-letter             | later, at level -1
 * several, not all acknowledged        | success, after each of the others was sent back by itself
 * undecided                            | nothing that counts, for its queue is dropped by then
 * </pre>
 */
final class RocketMqConsumption implements MessageSource.Consumption, MessageListenerConcurrently {

    private static final Logger LOG = Logger.getLogger(RocketMqConsumption.class);

    /** What closing the consumer may take once nothing is under way; it tells every broker. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private static final int AS_THE_BROKER_PLANS = 0;
    private static final int TO_THE_DEAD_LETTERS = -1;

    private final DefaultMQPushConsumer consumer;
    private final MessageSource.Settings settings;
    private final Bounds bounds;
    private final DelayLevels levels;
    private final MessageSource.Handler handler;
    private final DrainLatch latch = new DrainLatch();
    private final Places places;
    private volatile boolean retryTopicKnown;

    RocketMqConsumption(
            DefaultMQPushConsumer consumer,
            MessageSource.Settings settings,
            Bounds bounds,
            DelayLevels levels,
            MessageSource.Handler handler) {
        this.consumer = consumer;
        this.settings = settings;
        this.bounds = bounds;
        this.levels = levels;
        this.handler = handler;
        this.places = new Places(settings.threads());
    }

    /** What bounds the messages received and not delivered. */
    record Bounds(ReceiveBuffers buffers, int queues, int retryQueues) {

        void messages(DefaultMQPushConsumer consumer, int maxInFlight, int maxBatch) {
            buffers.limitMessages(consumer, maxInFlight, maxBatch, queues, retryQueues);
        }
    }

    RocketMqConsumption started() throws MQClientException {
        consumer.registerMessageListener(this);
        bounds.buffers().opened(consumer);
        bounds.messages(consumer, settings.maxInFlight(), settings.maxBatch());
        bounds.buffers().limitSize(consumer);
        try {
            consumer.start();
            return this;
        } catch (MQClientException | RuntimeException e) {
            bounds.buffers().closed(consumer);
            throw e;
        }
    }

    /** Never throws: what escaped would be retried at the client's pace, with the whole message in its log. */
    @Override
    public ConsumeConcurrentlyStatus consumeMessage(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
        if (!latch.enter()) {
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        boolean undecided = false;
        try {
            var decisions = decide(messages, context);
            undecided = decisions.contains(new Decision.Undecided());
            return undecided ? ConsumeConcurrentlyStatus.RECONSUME_LATER : tell(decisions, messages, context);
        } finally {
            if (undecided) {
                latch.exitUndecided();
            } else {
                latch.exit();
            }
        }
    }

    private List<Decision> decide(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
        // Not to be interrupted: the message would be sent back, which costs an attempt.
        places.acquireUninterruptibly();
        try {
            return handler.handle(
                    messages.stream().map(RocketMqMessages::toReceived).toList(),
                    () -> ClientInternals.owns(consumer, context.getMessageQueue()));
        } catch (Throwable bug) {
            LOG.errorf(
                    bug,
                    "delivery failed by a bug, the messages are retried topic=%s messageId=%s group=%s",
                    messages.get(0).getTopic(),
                    messages.get(0).getMsgId(),
                    settings.group());
            return messages.stream()
                    .<Decision>map(message -> new Decision.Redeliver(Optional.empty()))
                    .toList();
        } finally {
            places.release();
        }
    }

    private ConsumeConcurrentlyStatus tell(
            List<Decision> decisions, List<MessageExt> messages, ConsumeConcurrentlyContext context) {
        var acknowledged = new Decision.Acknowledge();
        if (messages.size() == 1 && !acknowledged.equals(decisions.get(0))) {
            context.setDelayLevelWhenNextConsume(levelOf(decisions.get(0)));
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        for (int i = 0; i < messages.size(); i++) {
            if (acknowledged.equals(decisions.get(i))) {
                continue;
            }
            // What is decided too late does not count, here as for a single message.
            boolean counts = latch.isCounting() && ClientInternals.owns(consumer, context.getMessageQueue());
            if (!counts || !sendBack(messages.get(i), levelOf(decisions.get(i)), context.getMessageQueue())) {
                // The client tries longer than we do; what is done already is done twice.
                return ConsumeConcurrentlyStatus.RECONSUME_LATER;
            }
        }
        return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    }

    private int levelOf(Decision decision) {
        if (decision instanceof Decision.Redeliver later) {
            return later.after().map(levels::levelFor).orElse(AS_THE_BROKER_PLANS);
        }
        return TO_THE_DEAD_LETTERS;
    }

    private boolean sendBack(MessageExt message, int level, MessageQueue queue) {
        try {
            ClientInternals.sendBack(consumer, message, level, queue);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception e) {
            LOG.warnf(
                    e,
                    "message not taken back by the broker, its batch is retried topic=%s messageId=%s group=%s",
                    message.getTopic(),
                    message.getMsgId(),
                    settings.group());
            return false;
        }
    }

    /**
     * The broker makes the group's retry topic when the consumer starts, after the client has looked for it, and the client
     * looks again only every half minute: until then no retry would come.
     */
    @Override
    public void refresh() {
        bounds.buffers().limitSize(consumer);
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

    /** The client reads the number of attempts at each send-back. */
    @Override
    public void adjust(int maxInFlight, int maxAttempts) {
        consumer.updateCorePoolSize(maxInFlight);
        places.change(maxInFlight);
        bounds.messages(consumer, maxInFlight, settings.maxBatch());
        consumer.setMaxReconsumeTimes(maxAttempts - 1);
    }

    @Override
    public DelayLevels delayLevels() {
        return levels;
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
            try {
                consumer.shutdown();
            } finally {
                bounds.buffers().closed(consumer);
                latch.release();
            }
        });
        return finished;
    }
}
