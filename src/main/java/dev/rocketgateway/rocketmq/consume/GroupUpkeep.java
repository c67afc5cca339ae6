package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import dev.rocketgateway.rocketmq.client.Namespaces;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.jboss.logging.Logger;

/**
 * Keeps a running consumer a member of its group on every broker of its topic, and does regularly what the client does too seldom or on
 * a thread for each consumer. Not thread-safe; {@link #run} may block.
 */
final class GroupUpkeep {

    private static final Logger LOG = Logger.getLogger(GroupUpkeep.class);

    /** How long to look for the queues of a broker after the group is ready on it. */
    private static final Duration LOOK_FOR = Duration.ofMinutes(1);

    /** How often to look for messages whose delivery takes longer than the consume timeout. */
    private static final Duration LOOK_FOR_EXPIRED = Duration.ofMinutes(1);

    private final DefaultMQPushConsumer consumer;
    private final ConsumerGroup group;
    private final TopicName topic;
    private final UnaryOperator<Set<String>> setUp;
    private final GroupHeartbeats heartbeats;
    private volatile long lookUntil;
    private final Executor expiry;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile long lookForExpiredAt;
    private volatile boolean retryTopicKnown;
    private volatile Set<String> readyBrokers = Set.of();

    /**
     * @param setUp prepares the group on all brokers of the topic that answer, except the given ones; returns the names of all
     *     prepared brokers
     * @param expiry looks for expired messages; may be shared by all consumers
     */
    GroupUpkeep(
            DefaultMQPushConsumer consumer,
            ConsumerGroup group,
            TopicName topic,
            UnaryOperator<Set<String>> setUp,
            GroupHeartbeats heartbeats,
            Executor expiry) {
        this.consumer = consumer;
        this.group = group;
        this.topic = topic;
        this.setUp = setUp;
        this.heartbeats = heartbeats;
        this.expiry = expiry;
    }

    /**
     * Begins with a consumer that has just started.
     *
     * @param ready names of the brokers on which the group is ready
     */
    void begin(Set<String> ready) {
        readyBrokers = ready;
        lookUntil = System.nanoTime() + LOOK_FOR.toNanos();
        lookForExpiredAt = System.nanoTime() + LOOK_FOR_EXPIRED.toNanos();
        ConsumerInternals.endExpiryThread(consumer);
    }

    /** Does what is due. */
    void run() {
        announce();
        lookForBrokers();
        lookForQueues();
        lookForRetryTopic();
        sendBackExpired();
    }

    /**
     * Sends back the messages whose delivery takes longer than the consume timeout. The client does this with one thread for each
     * consumer. It waits for the broker several times for each message, so nothing else may wait for it.
     */
    private void sendBackExpired() {
        if (System.nanoTime() - lookForExpiredAt < 0 || !looking.compareAndSet(false, true)) {
            return;
        }
        lookForExpiredAt = System.nanoTime() + LOOK_FOR_EXPIRED.toNanos();
        try {
            expiry.execute(() -> {
                try {
                    ConsumerInternals.sendBackExpired(consumer);
                } finally {
                    looking.set(false);
                }
            });
        } catch (RejectedExecutionException busy) {
            looking.set(false);
        }
    }

    /**
     * Makes the client rebalance its queues. The client asks a random broker for the members of the group; if this broker does not
     * answer, the client waits up to 20 s before it asks again. Stops after {@link #LOOK_FOR}, because with many replicas, a
     * replica may get no queue of a broker.
     */
    private void lookForQueues() {
        if (System.nanoTime() - lookUntil < 0
                && !ConsumerInternals.brokersRead(consumer, topic.value()).containsAll(readyBrokers)) {
            ConsumerInternals.instanceOf(consumer).rebalanceImmediately();
        }
    }

    /** Sends heartbeats. A broker lists only members whose heartbeat it has, and a member that is not listed gets no queue. */
    private void announce() {
        if (heartbeats.send(topic.value())) {
            ConsumerInternals.instanceOf(consumer).rebalanceImmediately();
        }
    }

    /** Looks for brokers that have joined, or that did not answer at the start. */
    private void lookForBrokers() {
        var onTheWire = Namespaces.inNamespace(consumer, topic.value());
        var route = ConsumerInternals.instanceOf(consumer).getTopicRouteTable().get(onTheWire);
        if (route == null
                || route.getBrokerDatas().stream().allMatch(broker -> readyBrokers.contains(broker.getBrokerName()))) {
            return;
        }
        try {
            var ready = setUp.apply(readyBrokers);
            if (!readyBrokers.containsAll(ready)) {
                lookUntil = System.nanoTime() + LOOK_FOR.toNanos();
            }
            readyBrokers = ready;
        } catch (MessageSource.SourceUnavailableException e) {
            LOG.debugf(e, "the consumer group is not ready on every broker, will be retried group=%s", group);
        }
    }

    /**
     * Looks up the retry topic. The broker creates it when the consumer starts, after the client has looked for it. The client
     * looks again only every 30 seconds, and until then no retry would arrive.
     */
    private void lookForRetryTopic() {
        if (retryTopicKnown) {
            return;
        }
        try {
            MQClientInstance client = ConsumerInternals.instanceOf(consumer);
            var retryTopic = Namespaces.inNamespace(consumer, group.retryTopic());
            client.updateTopicRouteInfoFromNameServer(retryTopic);
            if (client.getTopicRouteTable().containsKey(retryTopic)) {
                client.rebalanceImmediately();
                retryTopicKnown = true;
            }
        } catch (IllegalStateException noNameServer) {
            LOG.debugf(noNameServer, "looking up the retry topic failed, will be retried group=%s", group);
        }
    }
}
