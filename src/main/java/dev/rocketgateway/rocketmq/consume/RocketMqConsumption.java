package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.client.ClientShutdown;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageExt;
import org.jboss.logging.Logger;

/**
 * A running push consumer. Received messages are offered to the handler, which takes them over if it can. With all others, the client
 * calls the listener on its own threads, each call with messages of one queue.
 */
final class RocketMqConsumption implements MessageSource.Consumption, MessageListenerConcurrently {

    private static final Logger LOG = Logger.getLogger(RocketMqConsumption.class);

    /** Longest time to close an idle consumer, which notifies every broker. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private static final Duration LOOK = Duration.ofMillis(200);

    private final DefaultMQPushConsumer consumer;
    private final MessageSource.Settings settings;
    private final Bounds bounds;
    private final DelayLevels levels;
    private final MessageSource.Handler handler;
    private final CompressedBodies bodies;
    private final GroupUpkeep upkeep;
    private final DrainLatch latch = new DrainLatch();
    private final DeferredSettlements deferred = new DeferredSettlements(latch);
    private final CallThreads threads;
    private volatile int atOnce;

    /**
     * @param setUp prepares the group on all brokers of the topic that answer, except the given ones; returns the names of all
     *     prepared brokers
     */
    RocketMqConsumption(
            DefaultMQPushConsumer consumer,
            MessageSource.Settings settings,
            Bounds bounds,
            DelayLevels levels,
            MessageSource.Handler handler,
            UnaryOperator<Set<String>> setUp,
            CompressedBodies bodies,
            GroupHeartbeats heartbeats,
            Executor expiry) {
        this.consumer = consumer;
        this.settings = settings;
        this.bounds = bounds;
        this.levels = levels;
        this.handler = handler;
        this.bodies = bodies;
        this.upkeep = new GroupUpkeep(consumer, settings.group(), settings.topic(), setUp, heartbeats, expiry);
        this.threads =
                new CallThreads(consumer::updateCorePoolSize, threads(settings.callsAtFirst(), settings.limits()));
        this.atOnce = settings.limits().messages();
    }

    /** Where messages are taken over, all that are delivered at once may wait at the gate while others are settled. */
    private static int threads(int calls, MessageSource.Limits limits) {
        return limits.messagesPerCall() == 1 ? 2 * calls : calls;
    }

    /** The limits on received messages that are not delivered yet. */
    record Bounds(ReceiveBuffers buffers, int queues, int retryQueues) {

        void apply(DefaultMQPushConsumer consumer, int atOnce) {
            buffers.limitMessages(consumer, atOnce, queues, retryQueues);
            buffers.limitSize(consumer);
        }
    }

    /**
     * @param ready names of the brokers on which the group is ready
     */
    RocketMqConsumption started(Set<String> ready) throws MQClientException {
        consumer.registerMessageListener(this);
        bounds.buffers().opened(consumer);
        bounds.apply(consumer, atOnce);
        try {
            consumer.start();
            upkeep.begin(ready);
            ConsumerInternals.offer(consumer, this::offered);
            return this;
        } catch (MQClientException | RuntimeException e) {
            bounds.buffers().closed(consumer);
            throw e;
        }
    }

    private boolean offered(ConsumerInternals.Offer offer) {
        if (bounds.buffers().becomesBusy(consumer)) {
            bounds.apply(consumer, atOnce);
        }
        return handler.takeOver(new MessageHandover(offer, this::received, latch, deferred));
    }

    private ReceivedMessage received(MessageExt message) {
        return RocketMqMessages.toReceived(message, settings.topic().value(), bodies.fault(message));
    }

    /** Never throws: after an exception, the client would retry the message with its own delays, and log the whole message. */
    @Override
    public ConsumeConcurrentlyStatus consumeMessage(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
        threads.begin();
        try {
            return consume(messages, context);
        } finally {
            threads.end();
        }
    }

    private ConsumeConcurrentlyStatus consume(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
        var taken = messages.size() == 1 ? deferred.take(messages.get(0)) : null;
        if (taken != null && taken.begun()) {
            latch.enterAgain();
        } else if (!latch.enter()) {
            if (taken != null) {
                taken.settlement().drop();
            }
            return ConsumeConcurrentlyStatus.RECONSUME_LATER;
        }
        boolean unsettled = false;
        try {
            var call = new ListenerCall(consumer, levels, latch, messages, context);
            var settlements = settlements(
                    messages,
                    () -> taken == null
                            ? handler.handle(
                                    messages.stream().map(this::received).toList(), call)
                            : List.of(taken.settlement().settle()));
            unsettled = settlements.contains(new Settlement.Unsettled());
            return call.result(settlements);
        } finally {
            latch.exit(unsettled);
        }
    }

    private List<Settlement> settlements(List<MessageExt> messages, Supplier<List<Settlement>> handled) {
        try {
            return handled.get();
        } catch (Throwable bug) {
            LOG.errorf(
                    bug,
                    "delivery failed because of a bug in the gateway, the messages will be retried topic=%s messageId=%s "
                            + "group=%s",
                    LogText.value(messages.get(0).getTopic()),
                    LogText.value(messages.get(0).getMsgId()),
                    settings.group());
            return messages.stream()
                    .<Settlement>map(message -> new Settlement.Redeliver(Optional.empty()))
                    .toList();
        }
    }

    @Override
    public void refresh() {
        bounds.apply(consumer, atOnce);
        deferred.refresh();
        threads.shrink();
        upkeep.run();
    }

    /** Takes effect immediately, because the client reads these limits each time it uses them. */
    @Override
    public void adjust(MessageSource.Limits limits) {
        threads.limit(threads(limits.calls(), limits));
        consumer.setConsumeMessageBatchMaxSize(limits.messagesPerCall());
        atOnce = limits.messages();
        bounds.apply(consumer, atOnce);
        consumer.setMaxReconsumeTimes(limits.attempts() - 1);
    }

    @Override
    public DelayLevels delayLevels() {
        return levels;
    }

    /** Queues may move during the drain too. */
    private boolean awaitIdle(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean idle;
        long left;
        do {
            deferred.refresh();
            left = end - System.nanoTime();
            idle = latch.awaitIdle(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
        } while (!idle && left > 0 && !Thread.currentThread().isInterrupted());
        return idle;
    }

    @Override
    public boolean drain(Duration limit) {
        latch.begin();
        consumer.suspend();
        boolean finished = awaitIdle(limit);
        if (finished) {
            DrainLatch.letResultsBeRecorded();
        }
        latch.close();
        // Waiting listeners are released last. Until the client has dropped its queues, it would send back the
        // messages of these listeners.
        ClientShutdown.within(CLOSE_LIMIT, "the consumer", ConsumerInternals.instanceOf(consumer), () -> {
            try {
                ConsumerInternals.shutdown(consumer);
            } finally {
                bounds.buffers().closed(consumer);
                latch.release();
            }
        });
        return finished;
    }
}
