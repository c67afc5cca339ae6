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
import java.util.Optional;
import java.util.TreeSet;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/** Implements the calls about consumer groups by asking all brokers, or all brokers of a topic. Thread-safe; blocks. */
@ApplicationScoped
class RocketMqGroups implements ConsumerGroups {

    private final RocketMqAdmin admin;
    private final TopicLookup topics;
    private final GroupAdmin groups;
    private final GroupLag lag;
    private final StartPosition startPosition;
    private final FilterCheck filters;
    private final RocketMqClients clients;
    private final GroupUse groupUse;

    RocketMqGroups(
            RocketMqAdmin admin,
            TopicLookup topics,
            GroupAdmin groups,
            GroupLag lag,
            StartPosition startPosition,
            FilterCheck filters,
            RocketMqClients clients,
            GroupUse groupUse) {
        this.groupUse = groupUse;
        this.admin = admin;
        this.topics = topics;
        this.groups = groups;
        this.lag = lag;
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
        return translated(() -> lag.of(group, topics.locate(topic).whole()));
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
