package dev.rocketgateway.rocketmq;

import dev.rocketgateway.deliver.MessageSource.Start;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/**
 * Writes the position a group begins at before its consumer starts.
 *
 * <p>The client's own {@code ConsumeFromWhere} is not exact: with "last offset" a new group was still given old messages,
 * and "timestamp" skips the retry topic's first messages. With a position in every queue nothing is left to it. Queues in
 * which the group already has a position keep it.
 */
@ApplicationScoped
class StartPosition {

    private final RocketMqAdmin admin;
    private final GroupAdmin groups;

    StartPosition(RocketMqAdmin admin, GroupAdmin groups) {
        this.admin = admin;
        this.groups = groups;
    }

    /** Gives the group a position in every queue it has none in. */
    void write(String group, String topic, Start start, TopicRouteData route)
            throws RemotingException, InterruptedException, MQBrokerException {
        // Without a position the client begins at the first message.
        if (!(start instanceof Start.Earliest)) {
            commit(group, topic, start, route, false);
        }
    }

    /** Moves the group in every queue; it must have no members. */
    void move(String group, String topic, Start position, TopicRouteData route)
            throws RemotingException, InterruptedException, MQBrokerException {
        commit(group, topic, position, route, true);
    }

    private void commit(String group, String topic, Start position, TopicRouteData route, boolean everywhere)
            throws RemotingException, InterruptedException, MQBrokerException {
        var addresses = new HashMap<String, String>();
        route.getBrokerDatas().forEach(broker -> addresses.put(broker.getBrokerName(), broker.selectBrokerAddr()));
        for (var queue : MQClientInstance.topicRouteData2TopicSubscribeInfo(topic, route)) {
            var address = addresses.get(queue.getBrokerName());
            if (address != null && (everywhere || !groups.hasOffset(group, queue, address))) {
                groups.commitOffset(group, queue, address, offset(position, queue, address));
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
