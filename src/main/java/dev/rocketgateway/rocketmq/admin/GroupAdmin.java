package dev.rocketgateway.rocketmq.admin;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.exception.OffsetNotFoundException;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.topic.TopicValidator;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.admin.ConsumeStats;
import org.apache.rocketmq.remoting.protocol.body.Connection;
import org.apache.rocketmq.remoting.protocol.body.ConsumerConnection;
import org.apache.rocketmq.remoting.protocol.header.QueryConsumerOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.UpdateConsumerOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;

/** Makes administrative calls about consumer groups, over the connections of {@link RocketMqAdmin}. Every method blocks. */
@ApplicationScoped
public class GroupAdmin {

    private final RocketMqAdmin admin;

    GroupAdmin(RocketMqAdmin admin) {
        this.admin = admin;
    }

    /**
     * Gives the group at least this many retry queues on this broker, and creates the group if it is missing. Returns the number of
     * retry queues.
     */
    public int prepareGroup(String name, int retryQueues, String address)
            throws RemotingException, InterruptedException, MQBrokerException, MQClientException {
        var config = groupConfig(address, admin.inNamespace(name));
        if (config.getRetryQueueNums() < retryQueues) {
            config.setRetryQueueNums(retryQueues);
            admin.api().createSubscriptionGroup(address, config, admin.timeout().toMillis());
        }
        return config.getRetryQueueNums();
    }

    private SubscriptionGroupConfig groupConfig(String address, String group)
            throws RemotingException, InterruptedException, MQBrokerException {
        try {
            return admin.api()
                    .getSubscriptionGroupConfig(address, group, admin.timeout().toMillis());
        } catch (MQBrokerException e) {
            if (e.getResponseCode() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
                // Brokers before 5.0 return all groups at once.
                var known = admin.api()
                        .getAllSubscriptionGroup(address, admin.timeout().toMillis())
                        .getSubscriptionGroupTable()
                        .get(group);
                if (known != null) {
                    return known;
                }
            } else if (e.getResponseCode() != ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST) {
                throw e;
            }
            var config = new SubscriptionGroupConfig();
            config.setGroupName(group);
            config.setConsumeBroadcastEnable(false);
            return config;
        }
    }

    /** The group's committed position in the queue; empty if it has none. */
    public OptionalLong position(String group, MessageQueue queue, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        var header = new QueryConsumerOffsetRequestHeader();
        header.setConsumerGroup(admin.inNamespace(group));
        header.setTopic(admin.inNamespace(queue.getTopic()));
        header.setQueueId(queue.getQueueId());
        header.setBrokerName(queue.getBrokerName());
        header.setSetZeroIfNotFound(false);
        try {
            return OptionalLong.of(admin.api()
                    .queryConsumerOffset(address, header, admin.timeout().toMillis()));
        } catch (OffsetNotFoundException none) {
            return OptionalLong.empty();
        }
    }

    /** Whether the group has a position in some queue of the topic on this broker. */
    public boolean hasPositions(String group, String topic, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return positions(group, address).getOffsetTable().keySet().stream()
                .anyMatch(queue -> queue.getTopic().equals(admin.inNamespace(topic)));
    }

    /** Topics in which the group has a position on this broker. */
    public Set<String> topicsWithPositions(String group, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return positions(group, address).getOffsetTable().keySet().stream()
                .map(queue -> admin.withoutNamespace(queue.getTopic()))
                .collect(Collectors.toSet());
    }

    /** Creates a topic with one queue on this broker, or does nothing if the broker has the topic. */
    public void createTopic(String topic, String address)
            throws RemotingException, InterruptedException, MQBrokerException, MQClientException {
        var config = new TopicConfig(admin.inNamespace(topic), 1, 1, PermName.PERM_READ | PermName.PERM_WRITE);
        admin.api()
                .createTopic(
                        address,
                        TopicValidator.AUTO_CREATE_TOPIC_KEY_TOPIC,
                        config,
                        admin.timeout().toMillis());
    }

    public void commitOffset(String group, MessageQueue queue, String address, long offset)
            throws RemotingException, InterruptedException, MQBrokerException {
        var header = new UpdateConsumerOffsetRequestHeader();
        header.setConsumerGroup(admin.inNamespace(group));
        header.setTopic(admin.inNamespace(queue.getTopic()));
        header.setQueueId(queue.getQueueId());
        header.setBrokerName(queue.getBrokerName());
        header.setCommitOffset(offset);
        admin.api().updateConsumerOffset(address, header, admin.timeout().toMillis());
    }

    /**
     * Moves the group in a queue, and frees the queue if a leased message holds it. A broker before 5.3 refuses, and then the queue is
     * free when the lease ends.
     */
    public void resetOffset(String group, MessageQueue queue, String address, long offset)
            throws RemotingException, InterruptedException, MQClientException {
        try {
            admin.api()
                    .invokeBrokerToResetOffset(
                            address,
                            admin.inNamespace(queue.getTopic()),
                            admin.inNamespace(group),
                            0,
                            queue.getQueueId(),
                            offset,
                            admin.timeout().toMillis());
        } catch (MQClientException e) {
            if (e.getResponseCode() != ResponseCode.CONSUMER_NOT_ONLINE) {
                throw e;
            }
        }
    }

    /** Client ids of the group's members that this broker knows; each member registers with every broker. */
    public List<String> members(String group, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return connection(group, address)
                .map(known -> known.getConnectionSet().stream()
                        .map(Connection::getClientId)
                        .toList())
                .orElse(List.of());
    }

    /** Whether the group has no members, or all members use this filter for the topic. */
    public boolean filtersBy(String group, String topic, String expression, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return connection(group, address)
                .map(ConsumerConnection::getSubscriptionTable)
                .map(table -> table.get(admin.inNamespace(topic)))
                .map(subscribed -> expression.equals(subscribed.getSubString()))
                .orElse(true);
    }

    private Optional<ConsumerConnection> connection(String group, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        try {
            return Optional.of(admin.api()
                    .getConsumerConnectionList(
                            address, admin.inNamespace(group), admin.timeout().toMillis()));
        } catch (MQBrokerException e) {
            if (e.getResponseCode() == ResponseCode.CONSUMER_NOT_ONLINE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The group's positions on this broker, for all topics. */
    public ConsumeStats positions(String group, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return admin.api()
                .getConsumeStats(
                        address, admin.inNamespace(group), admin.timeout().toMillis());
    }

    /** Removes the group and its positions from this broker. */
    public void delete(String group, String address) throws RemotingException, InterruptedException, MQClientException {
        admin.api()
                .deleteSubscriptionGroup(
                        address, admin.inNamespace(group), true, admin.timeout().toMillis());
    }
}
