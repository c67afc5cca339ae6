package dev.rocketgateway.rocketmq.consume;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.admin.FilterCheck;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import dev.rocketgateway.rocketmq.ordered.OrderedSource;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.UnaryOperator;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/** Starts the consumptions: with push consumers, or with leases. Thread-safe; a start blocks. */
@ApplicationScoped
class RocketMqMessageSource implements MessageSource {

    /**
     * Maximum number of threads of a consumer. It is more than a subscription may use, because the client accepts a new number of
     * threads only below this maximum.
     */
    private static final int MAX_THREADS = 1000;

    private static final int CONSUME_TIMEOUT_MINUTES = 15;

    private final RocketMqClients clients;
    private final RocketMqAdmin admin;
    private final TopicLookup topics;
    private final GroupAdmin groups;
    private final GroupSetup groupSetup;
    private final StartPosition startPosition;
    private final FilterCheck filters;
    private final ReceiveBuffers buffers;
    private final CompressedBodies bodies;
    private final BrokerHealth health;
    private final GroupUse groupUse;
    private final OrderedSource ordered;

    /** One thread for all consumers; each has one task at most. */
    private final ThreadPoolExecutor expiry = BoundedThreads.create("gateway-expiry", 1, 10_000);

    RocketMqMessageSource(
            RocketMqClients clients,
            RocketMqAdmin admin,
            TopicLookup topics,
            GroupAdmin groups,
            GroupSetup groupSetup,
            StartPosition startPosition,
            FilterCheck filters,
            ReceiveBuffers buffers,
            CompressedBodies bodies,
            BrokerHealth health,
            GroupUse groupUse,
            OrderedSource ordered) {
        this.ordered = ordered;
        this.groupUse = groupUse;
        this.health = health;
        this.clients = clients;
        this.admin = admin;
        this.topics = topics;
        this.groups = groups;
        this.groupSetup = groupSetup;
        this.startPosition = startPosition;
        this.filters = filters;
        this.buffers = buffers;
        this.bodies = bodies;
    }

    @Override
    public Consumption start(Settings settings, Handler handler) {
        return translated(() -> {
            var route = route(settings.topic());
            // The client checks all consumers of an instance whenever one starts, so a bad filter would block the
            // others.
            var refusal = filters.refusal(settings.group(), settings.topic(), settings.filter(), route);
            if (refusal.isPresent()) {
                throw SourceUnavailableException.refused("the broker refuses the filter: " + refusal.get(), null);
            }
            groupUse.require(settings, route);
            var setup = groupSetup.prepare(
                    settings.group().value(), settings.topic().value(), settings.start(), route, Set.of());
            if (settings.mode() != Mode.CONCURRENT) {
                groupUse.markLeased(settings, setup.ready());
                UnaryOperator<Set<String>> setUp = already -> setUp(settings, already);
                return settings.mode() == Mode.LEASED
                        ? new LeasedConsumption(setUp, setup.brokers())
                        : ordered.start(settings, handler, route, setUp, setup.brokers());
            }
            if (settings.newFilter()) {
                expectTheSameFilter(settings, setup.ready());
            }
            var bounds = new RocketMqConsumption.Bounds(buffers, queues(route), setup.retryQueues());
            var consumer = consumer(settings);
            var started = new RocketMqConsumption(
                            consumer,
                            settings,
                            bounds,
                            delayLevels(setup.ready()),
                            handler,
                            already -> setUp(settings, already),
                            bodies,
                            new GroupHeartbeats(consumer, health),
                            expiry)
                    .started(setup.brokers());
            groupUse.markPushed(settings, setup.ready());
            return started;
        });
    }

    @PreDestroy
    void stop() {
        expiry.shutdownNow();
    }

    /** Prepares the group on brokers that have joined or answer again, and returns the names of all prepared brokers. */
    private Set<String> setUp(Settings settings, Set<String> already) {
        return translated(() -> {
            var prepared = groupSetup.prepare(
                    settings.group().value(),
                    settings.topic().value(),
                    settings.start(),
                    route(settings.topic()),
                    already);
            if (settings.mode() != Mode.CONCURRENT && !already.containsAll(prepared.brokers())) {
                groupUse.markLeased(settings, prepared.ready());
            }
            return prepared.brokers();
        });
    }

    @Override
    public void fixStart(ConsumerGroup group, TopicName topic, Start start) {
        var silent = translated(() -> {
            var located = topics.locate(topic);
            var without = new TreeSet<>(located.away());
            without.addAll(groupSetup
                    .prepare(group.value(), topic.value(), start, located.route(), Set.of())
                    .silent());
            return without;
        });
        if (!silent.isEmpty()) {
            throw TopicLookup.noAnswerFrom(silent);
        }
    }

    private TopicRouteData route(TopicName topic) throws RemotingException, InterruptedException, MQClientException {
        return topics.locate(topic).route();
    }

    /**
     * Refuses to start while the group has a member with another filter. The broker would apply that filter to this consumer's
     * messages too, and drop some of them.
     */
    private void expectTheSameFilter(Settings settings, Map<String, String> brokers)
            throws RemotingException, InterruptedException, MQBrokerException {
        for (var address : brokers.values()) {
            if (!groups.filtersBy(
                    settings.group().value(),
                    settings.topic().value(),
                    settings.filter().expression(),
                    address)) {
                throw new SourceUnavailableException(
                        "consumer group %s still has members with another filter".formatted(settings.group()), null);
            }
        }
    }

    /** The delay levels, which are the same on all brokers of a cluster; the defaults if a broker does not return them. */
    private DelayLevels delayLevels(Map<String, String> brokers) throws RemotingException, InterruptedException {
        for (var address : brokers.values()) {
            var setting = admin.brokerSetting(address, "messageDelayLevel");
            if (setting.isPresent()) {
                return DelayLevels.parse(setting.get());
            }
        }
        return DelayLevels.DEFAULT;
    }

    private static int queues(TopicRouteData route) {
        return route.getQueueDatas().stream()
                .mapToInt(QueueData::getReadQueueNums)
                .sum();
    }

    private DefaultMQPushConsumer consumer(Settings settings) throws MQClientException {
        var group = settings.group().value();
        var consumer = clients.newConsumer(group, settings.filter().sql());
        consumer.setMessageModel(MessageModel.CLUSTERING);
        // Not POP. With POP, the client acknowledges a message whose attempts are used up, and the message is lost.
        consumer.setClientRebalance(true);
        ConsumerInternals.keepPositionsIn(
                new StartingOffsets(consumer, group, settings.start(), startPosition, health), consumer);
        // Applies to the retry topic only, which StartingOffsets leaves to the client. All its messages are for the
        // group.
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        // The executor's queue is unbounded, so only the minimum limits the threads, and CallThreads changes it. The
        // high maximum allows each increase.
        consumer.setConsumeThreadMin(1);
        consumer.setConsumeThreadMax(MAX_THREADS);
        consumer.setConsumeMessageBatchMaxSize(settings.limits().messagesPerCall());
        consumer.setConsumeTimeout(CONSUME_TIMEOUT_MINUTES);
        consumer.setMaxReconsumeTimes(settings.limits().attempts() - 1);
        consumer.setAwaitTerminationMillisWhenShutdown(0);
        var topic = settings.topic().value();
        if (settings.filter().sql()) {
            consumer.subscribe(topic, MessageSelector.bySql(settings.filter().expression()));
        } else {
            consumer.subscribe(topic, settings.filter().expression());
        }
        return consumer;
    }
}
