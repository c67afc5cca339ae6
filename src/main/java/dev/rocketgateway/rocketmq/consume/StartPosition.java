package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.rocketmq.admin.BrokerVersions;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/**
 * Sets the position at which a group starts in a queue.
 *
 * <p>The client's own {@code ConsumeFromWhere} is not exact: with "last offset", a new group still got old messages, and
 * "timestamp" skips the retry topic's first messages. Every method blocks.
 */
@ApplicationScoped
class StartPosition {

    private final RocketMqAdmin admin;
    private final GroupAdmin groups;
    private final BrokerVersions versions;

    StartPosition(RocketMqAdmin admin, GroupAdmin groups, BrokerVersions versions) {
        this.versions = versions;
        this.admin = admin;
        this.groups = groups;
    }

    /** Sets the start position in every queue of the broker in which the group has no position. */
    void write(String group, String topic, Start start, TopicRouteData route, BrokerData broker)
            throws RemotingException, InterruptedException, MQBrokerException {
        var address = broker.selectBrokerAddr();
        // Asked before the first write, because after a write the broker knows the topic.
        boolean zeroIsNone = versions.lacks(broker.getBrokerName(), BrokerVersions.Feature.MISSING_POSITION)
                && !groups.hasPositions(group, topic, address);
        for (var queue : MQClientInstance.topicRouteData2TopicSubscribeInfo(topic, route)) {
            if (queue.getBrokerName().equals(broker.getBrokerName())) {
                var known = groups.position(group, queue, address);
                if (known.isEmpty() || zeroIsNone && known.getAsLong() == 0) {
                    groups.commitOffset(group, queue, address, offset(start, queue, address));
                }
            }
        }
    }

    /**
     * The group's position in the queue. If the group has none, first sets the start position in all queues of the broker that have
     * none.
     *
     * @throws MQClientException if the topic has no route to the queue
     */
    long positionOf(String group, MessageQueue queue, Start start)
            throws RemotingException, InterruptedException, MQBrokerException, MQClientException {
        var route = admin.route(queue.getTopic()).orElseThrow(() -> noRoute(queue));
        var broker = route.getBrokerDatas().stream()
                .filter(one -> one.getBrokerName().equals(queue.getBrokerName()) && one.selectBrokerAddr() != null)
                .findFirst()
                .orElseThrow(() -> noRoute(queue));
        var address = broker.selectBrokerAddr();
        var known = groups.position(group, queue, address);
        if (known.isEmpty()
                || known.getAsLong() == 0
                        && versions.lacks(broker.getBrokerName(), BrokerVersions.Feature.MISSING_POSITION)) {
            write(group, queue.getTopic(), start, route, broker);
            known = groups.position(group, queue, address);
        }
        return known.orElseThrow(() -> noRoute(queue));
    }

    private static MQClientException noRoute(MessageQueue queue) {
        return new MQClientException(ResponseCode.TOPIC_NOT_EXIST, "no route to " + queue);
    }

    /**
     * Moves the group's position in all queues. If a broker does not answer, moves the position in no queue. The group must have no members.
     *
     * @param ordered whether to free queues that a leased message holds
     */
    void move(String group, String topic, Start position, TopicRouteData route, boolean ordered)
            throws RemotingException, InterruptedException, MQBrokerException, MQClientException {
        var offsets = new LinkedHashMap<MessageQueue, Long>();
        for (var queue : MQClientInstance.topicRouteData2TopicSubscribeInfo(topic, route)) {
            var address = RocketMqAdmin.master(route, queue.getBrokerName());
            if (address.isPresent()) {
                offsets.put(queue, offset(position, queue, address.get()));
            }
        }
        for (var offset : offsets.entrySet()) {
            var address = RocketMqAdmin.master(route, offset.getKey().getBrokerName());
            groups.commitOffset(group, offset.getKey(), address.orElseThrow(), offset.getValue());
            if (ordered) {
                groups.resetOffset(group, offset.getKey(), address.orElseThrow(), offset.getValue());
            }
        }
    }

    private long offset(Start position, MessageQueue queue, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        if (position instanceof Start.Earliest) {
            return admin.minOffset(queue, address);
        }
        return position instanceof Start.At at
                ? admin.offsetAt(queue, address, at.time().toEpochMilli())
                : admin.maxOffset(queue, address);
    }
}
