package dev.rocketgateway.rocketmq;

import dev.rocketgateway.deliver.MessageSource.Start;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/**
 * Writes the position a new group begins at before its consumer starts.
 *
 * <p>The client's own {@code ConsumeFromWhere} is not exact: with "last offset" a new group was still given old messages,
 * and "timestamp" skips the retry topic's first messages. With a position in every queue nothing is left to it. Queues in
 * which the group already has a position keep it.
 */
@ApplicationScoped
class StartPosition {

    private final RocketMqAdmin admin;

    StartPosition(RocketMqAdmin admin) {
        this.admin = admin;
    }

    void write(String group, String topic, Start start, TopicRouteData route)
            throws RemotingException, InterruptedException, MQBrokerException {
        if (start instanceof Start.Earliest) {
            return;
        }
        var addresses = new HashMap<String, String>();
        route.getBrokerDatas().forEach(broker -> addresses.put(broker.getBrokerName(), broker.selectBrokerAddr()));
        for (var queue : MQClientInstance.topicRouteData2TopicSubscribeInfo(topic, route)) {
            var address = addresses.get(queue.getBrokerName());
            if (address != null && !admin.hasOffset(group, queue, address)) {
                long offset = start instanceof Start.At at
                        ? admin.offsetAt(queue, address, at.time().toEpochMilli())
                        : admin.maxOffset(queue, address);
                admin.commitOffset(group, queue, address, offset);
            }
        }
    }
}
