package dev.rocketgateway.rocketmq.consume;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import dev.rocketgateway.deliver.ConsumerGroups;
import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.deliver.MessageSource.Mode;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.FilterCheck;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.admin.OffsetWrapper;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/** Implements the calls about consumer groups by asking all brokers, or all brokers of a topic. Thread-safe; blocks. */
@ApplicationScoped
class RocketMqGroups implements ConsumerGroups {

    private final RocketMqAdmin admin;
    private final TopicLookup topics;
    private final GroupAdmin groups;
    private final QueueReader reader;
    private final StartPosition startPosition;
    private final FilterCheck filters;
    private final RocketMqClients clients;
    private final GroupUse groupUse;

    RocketMqGroups(
            RocketMqAdmin admin,
            TopicLookup topics,
            GroupAdmin groups,
            QueueReader reader,
            StartPosition startPosition,
            FilterCheck filters,
            RocketMqClients clients,
            GroupUse groupUse) {
        this.groupUse = groupUse;
        this.admin = admin;
        this.topics = topics;
        this.groups = groups;
        this.reader = reader;
        this.startPosition = startPosition;
        this.filters = filters;
        this.clients = clients;
    }

    @Override
    public List<String> members(ConsumerGroup group) {
        return translated(() -> {
            var members = new TreeSet<String>();
            for (var address : RocketMqAdmin.masters(brokers())) {
                members.addAll(groups.members(group.value(), address));
            }
            return List.copyOf(members);
        });
    }

    @Override
    public Optional<String> conflict(ConsumerGroup group, TopicName topic, Mode mode) {
        return translated(() -> groupUse.conflict(
                group, mode, RocketMqAdmin.masters(route(topic).getBrokerDatas())));
    }

    @Override
    public boolean isOurs(String member) {
        return member.contains(clients.consumingInstance());
    }

    @Override
    public Lag lag(ConsumerGroup group, TopicName topic) {
        return translated(() -> {
            long messages = 0;
            Optional<Duration> oldest = Optional.empty();
            for (var broker : topics.locate(topic).whole().getBrokerDatas()) {
                var address = broker.selectBrokerAddr();
                var positions = address == null
                        ? Map.<MessageQueue, OffsetWrapper>of()
                        : positions(group, broker.getBrokerName(), address);
                for (var position : positions.entrySet()) {
                    long behind = position.getValue().getBrokerOffset()
                            - position.getValue().getConsumerOffset();
                    messages += Math.max(0, behind);
                    if (behind > 0) {
                        oldest = older(oldest, age(group, position.getKey(), address, position.getValue()));
                    }
                }
            }
            return new Lag(messages, oldest);
        });
    }

    /** The positions of the group. This is the first call to a broker, so a silent broker is reported by its name. */
    private Map<MessageQueue, OffsetWrapper> positions(ConsumerGroup group, String brokerName, String address)
            throws InterruptedException, MQBrokerException {
        try {
            return groups.positions(group.value(), address).getOffsetTable();
        } catch (RemotingException e) {
            throw TopicLookup.noAnswerFrom(List.of(brokerName));
        }
    }

    private static Optional<Duration> older(Optional<Duration> one, Optional<Duration> other) {
        BinaryOperator<Duration> longer = (a, b) -> a.compareTo(b) >= 0 ? a : b;
        return one.isEmpty()
                ? other
                : other.map(age -> longer.apply(one.get(), age)).or(() -> one);
    }

    /**
     * The age of the next message that the group consumes. The broker's own "last timestamp" belongs to the previous message. After a week
     * without messages, its age would be a week.
     */
    private Optional<Duration> age(ConsumerGroup group, MessageQueue queue, String address, OffsetWrapper position)
            throws RemotingException, InterruptedException, MQBrokerException {
        var withoutNamespace =
                new MessageQueue(admin.withoutNamespace(queue.getTopic()), queue.getBrokerName(), queue.getQueueId());
        return reader.read(group.value(), withoutNamespace, address, position.getConsumerOffset(), 1).stream()
                .findFirst()
                .map(message ->
                        Duration.ofMillis(Math.max(0, System.currentTimeMillis() - message.getStoreTimestamp())));
    }

    @Override
    public void seek(ConsumerGroup group, TopicName topic, Mode mode, Start position) {
        translated(() -> {
            var route = topics.locate(topic).whole();
            startPosition.move(group.value(), topic.value(), position, route, mode == Mode.ORDERED);
            return true;
        });
    }

    @Override
    public void expectEveryBroker(TopicName topic) {
        translated(() -> topics.locate(topic).whole());
    }

    @Override
    public void delete(ConsumerGroup group) {
        translated(() -> {
            for (var address : RocketMqAdmin.masters(brokers())) {
                groups.delete(group.value(), address);
            }
            topics.expectEveryBroker();
            return true;
        });
    }

    @Override
    public boolean exists(TopicName topic) {
        return translated(() -> topics.exists(topic));
    }

    @Override
    public Optional<Boolean> takesSqlFilters(TopicName topic) {
        return settings(topic, "enablePropertyFilter")
                .map(values -> values.stream().allMatch(Boolean::parseBoolean));
    }

    @Override
    public Optional<String> filterRefusal(ConsumerGroup group, TopicName topic, Filter filter) {
        return translated(() -> filters.refusal(group, topic, filter, route(topic)));
    }

    @Override
    public Optional<Duration> retention(TopicName topic) {
        return settings(topic, "fileReservedTime")
                .flatMap(values -> values.stream().map(Long::parseLong).min(Long::compare))
                .map(Duration::ofHours);
    }

    /** The value of a setting on each broker of the topic; empty if one of the brokers does not return the setting. */
    private Optional<List<String>> settings(TopicName topic, String key) {
        return translated(() -> {
            var values = new ArrayList<String>();
            for (var address : RocketMqAdmin.masters(route(topic).getBrokerDatas())) {
                var value = admin.brokerSetting(address, key);
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                values.add(value.get());
            }
            return values.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(values));
        });
    }

    private TopicRouteData route(TopicName topic) throws RemotingException, InterruptedException, MQClientException {
        return topics.locate(topic).route();
    }

    /** All brokers; empty only if the name server does not list them. */
    private Collection<BrokerData> brokers() throws RemotingException, InterruptedException {
        var cluster = admin.cluster().map(RocketMqAdmin::brokers);
        if (cluster.isPresent() && cluster.get().isEmpty()) {
            throw TopicLookup.noAnswerFrom(List.of());
        }
        return cluster.orElse(List.of());
    }
}
